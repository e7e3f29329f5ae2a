import { sentence, type Api } from "./api";
import { matches } from "./search";
import type { Line, LineQuery, SpeakerName, TranscriptEvent } from "./types";
import { hand, merge, rename, replace } from "./window";

const PAGE = 100;
/** Lines kept while following what is said now. */
const FOLLOWING_LINES = 300;
/** Lines kept while somebody reads further up: the page never holds more than this. */
const READING_LINES = 1000;

/** The lines on screen: one stretch of the transcript without holes, at most `READING_LINES`. */
export class Transcript {
  lines = $state.raw<Line[]>([]);
  query = $state.raw<LineQuery>({});
  loading = $state<"newest" | "older" | null>("newest");
  error = $state<string | null>(null);
  /** The oldest line there is stands in `lines`. */
  complete = $state(false);
  /** The newest lines are not in `lines`: so many were read that they had to go. */
  detached = $state(false);
  /** Lines said since the reader left the bottom. */
  unseen = $state(0);

  #api: Api;
  #following = true;
  /** Where the next older page begins; null: walk there from the newest. */
  #cursor: string | null = null;
  #load = new AbortController();
  /** What changed while a page was on its way, which may be older than that; in order. */
  #meanwhile: (() => void)[] = [];

  constructor(api: Api) {
    this.#api = api;
  }

  get filtered(): boolean {
    return Object.keys(this.query).length > 0;
  }

  /** Whether the reader is at the bottom, where new lines appear. */
  follow(atBottom: boolean): void {
    this.#following = atBottom && !this.detached;
    if (this.#following) this.unseen = 0;
  }

  show(query: LineQuery): Promise<void> {
    this.query = query;
    this.lines = [];
    return this.newest();
  }

  /** Go to the newest lines; replaces what was shown. */
  async newest(): Promise<void> {
    this.#load.abort();
    const page = await this.#page("newest", null);
    if (page === null) return;
    this.lines = merge([], page.items);
    this.#turned(page.next);
    this.detached = false;
    this.unseen = 0;
    this.#following = true;
    this.#catchUp();
  }

  /** Load older lines, if there are any and nothing else is being loaded. */
  async older(): Promise<void> {
    if (this.loading !== null || this.complete || this.error !== null) return;
    for (;;) {
      const page = await this.#page("older", this.#cursor);
      if (page === null) return;
      const before = this.lines.length;
      let lines = merge(this.lines, page.items);
      this.#turned(page.next);
      const found = lines.length > before;
      if (lines.length > READING_LINES) {
        lines = lines.slice(0, READING_LINES);
        this.detached = true;
        this.#following = false;
      }
      this.lines = lines;
      this.#catchUp();
      if (found || this.complete) return;
    }
  }

  async retry(): Promise<void> {
    this.error = null;
    await (this.lines.length === 0 ? this.newest() : this.older());
  }

  /** Take in what the event stream says. Returns the line when it is new on screen. */
  apply(event: TranscriptEvent): Line | null {
    this.#again(() => this.apply(event));
    if (event.kind === "deleted") {
      this.lines = this.lines.filter((line) => line.id !== event.line_id);
      return null;
    }
    const { line } = event;
    if (event.kind === "corrected" || this.lines.some((each) => each.id === line.id)) {
      this.lines = this.#wanted(line)
        ? replace(this.lines, line)
        : this.lines.filter((each) => each.id !== line.id);
      return null;
    }
    if (!this.#wanted(line)) return null;
    if (this.lines.length >= READING_LINES) this.detached = true;
    if (!this.#following) this.unseen += 1;
    if (this.detached) return null;
    this.#append(line);
    return line;
  }

  rename(speaker: SpeakerName): void {
    this.#again(() => this.rename(speaker));
    this.lines = rename(this.lines, speaker);
  }

  /** All lines of the voice `from` are `into`'s now, or (null) nobody's. */
  hand(from: number, into: SpeakerName | null): void {
    const { speaker_id, ...rest } = this.query;
    if (speaker_id === from) {
      // What was asked for is not there any more: ask for what became of it.
      void this.show(into === null ? rest : { ...rest, speaker_id: into.id });
      return;
    }
    this.#again(() => this.hand(from, into));
    this.lines = hand(this.lines, from, into);
  }

  /** Have a change made once more after the page that is on its way. */
  #again(change: () => void): void {
    if (this.loading !== null) this.#meanwhile.push(change);
  }

  #append(line: Line): void {
    let lines = merge(this.lines, [line]);
    if (this.#following && lines.length > FOLLOWING_LINES) {
      lines = lines.slice(-FOLLOWING_LINES);
      this.#cursor = null;
      this.complete = false;
    }
    this.lines = lines;
  }

  #turned(next: string | null): void {
    this.#cursor = next;
    this.complete = next === null;
  }

  #catchUp(): void {
    const changes = this.#meanwhile;
    this.#meanwhile = [];
    for (const change of changes) change();
  }

  async #page(kind: "newest" | "older", cursor: string | null) {
    const load = new AbortController();
    this.#load = load;
    this.#meanwhile = [];
    this.loading = kind;
    this.error = null;
    try {
      const page = await this.#api.lines(this.query, PAGE, cursor, load.signal);
      if (load.signal.aborted) return null;
      this.loading = null;
      return page;
    } catch (error) {
      if (load.signal.aborted) return null; // another load took over
      this.loading = null;
      this.error = sentence(error);
      return null;
    }
  }

  #wanted(line: Line): boolean {
    const { stream_id, speaker_id, q } = this.query;
    if (stream_id !== undefined && line.stream_id !== stream_id) return false;
    if (speaker_id !== undefined && line.speaker?.id !== speaker_id) return false;
    return q === undefined || matches(line.text, q);
  }
}
