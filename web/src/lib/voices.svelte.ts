import type { Api } from "./api";
import type { Speaker, SpeakerName } from "./types";
import { namely } from "./window";

/** Lines come in bursts; the list of voices is asked for once per burst. */
const SETTLE_MS = 2_000;

/** Everybody who was ever heard, most recently heard first. */
export class Voices {
  all = $state.raw<Speaker[]>([]);
  known = $state(false);

  #api: Api;
  #due: ReturnType<typeof setTimeout> | undefined;
  /** Counts changes that were told of, to notice an answer that is older than one of them. */
  #changes = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  async refresh(): Promise<void> {
    for (let asked = -1; asked !== this.#changes;) {
      asked = this.#changes;
      const { items } = await this.#api.speakers();
      if (asked === this.#changes) this.all = items;
    }
    this.known = true;
  }

  /** Somebody spoke: their seconds, or the list itself, have grown. */
  grown(): void {
    this.#due ??= setTimeout(() => this.#ask(), SETTLE_MS);
  }

  find(id: number): Speaker | undefined {
    return this.all.find((voice) => voice.id === id);
  }

  rename(speaker: SpeakerName): void {
    this.#changes += 1;
    this.all = this.all.map((voice) =>
      voice.id === speaker.id ? { ...voice, ...namely(speaker) } : voice,
    );
    if (this.find(speaker.id) === undefined) this.#ask();
  }

  /** A voice is no more: it became part of another, or was forgotten. */
  remove(id: number): void {
    this.#changes += 1;
    this.all = this.all.filter((voice) => voice.id !== id);
    this.#ask();
  }

  #ask(): void {
    clearTimeout(this.#due);
    this.#due = undefined;
    // A server that does not answer is told of by the connection; the next line asks again.
    this.refresh().catch((error: unknown) => console.warn(error));
  }
}
