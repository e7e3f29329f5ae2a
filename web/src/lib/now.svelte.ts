import { SvelteMap } from "svelte/reactivity";
import type { Events, Line, SpeakerName, SpeakerRef } from "./types";
import { namely } from "./window";

export interface Moment {
  talking: boolean;
  /** Whose voice it is, once that is known. */
  speaker: SpeakerRef | null;
  /** The sentence so far; empty where none is known. */
  text: string;
  start: string | null;
}

/** How long words may wait for the line they belong to once nobody talks any more. */
const LINE_DUE_MS = 8_000;

/** Who talks right now, and the sentence so far, by stream. Quiet streams are absent. */
export class Now {
  moments = new SvelteMap<string, Moment>();
  /** Who was heard last, by stream, since this page was opened. */
  last = new SvelteMap<string, { speaker: SpeakerRef; at: string }>();

  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nobody watches timers
  #ends = new Map<string, ReturnType<typeof setTimeout>>();

  speech({ stream_id, on, at }: Events["speech"]): void {
    this.#keep(stream_id);
    if (on) this.#set(stream_id, { talking: true, speaker: null, text: "", start: at });
    else if (this.moments.get(stream_id)?.text) {
      this.#set(stream_id, { talking: false });
      this.#ends.set(
        stream_id,
        setTimeout(() => this.moments.delete(stream_id), LINE_DUE_MS),
      );
    } else this.moments.delete(stream_id);
  }

  partial({ stream_id, text, start }: Events["partial"]): void {
    this.#keep(stream_id);
    this.#set(stream_id, { talking: true, text, start });
  }

  heard(stream_id: string, speaker: SpeakerRef, since: string): void {
    if (this.moments.has(stream_id)) this.#set(stream_id, { speaker });
    this.last.set(stream_id, { speaker, at: since });
  }

  /** The words became a line: they are no longer in the making. */
  written(line: Line): void {
    const moment = this.moments.get(line.stream_id);
    if (!moment || (moment.start !== null && moment.start > line.end)) return;
    if (moment.talking) this.#set(line.stream_id, { text: "" });
    else this.quiet(line.stream_id);
  }

  /** What the voice `from` says is said by `into`, or (null) by nobody one can tell. */
  hand(from: number, into: SpeakerName | null): void {
    const handed = (speaker: SpeakerRef) => into && { ...speaker, ...namely(into) };
    for (const [id, { speaker }] of this.moments)
      if (speaker?.id === from) this.#set(id, { speaker: handed(speaker) });
    for (const [id, { speaker, at }] of this.last) {
      if (speaker.id !== from) continue;
      const now = handed(speaker);
      if (now === null) this.last.delete(id);
      else this.last.set(id, { speaker: now, at });
    }
  }

  /** Nobody talks on this stream: it was muted, stopped or lost. */
  quiet(stream_id: string): void {
    this.#keep(stream_id);
    this.moments.delete(stream_id);
  }

  /** After a lost connection nothing is known of the present. */
  forget(): void {
    for (const id of [...this.moments.keys()]) this.quiet(id);
  }

  #keep(stream_id: string): void {
    clearTimeout(this.#ends.get(stream_id));
    this.#ends.delete(stream_id);
  }

  #set(stream_id: string, change: Partial<Moment>): void {
    const before = this.moments.get(stream_id) ?? {
      talking: false,
      speaker: null,
      text: "",
      start: null,
    };
    this.moments.set(stream_id, { ...before, ...change });
  }
}
