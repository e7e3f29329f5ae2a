import type { Api } from "./api";
import type { Speaker, SpeakerRef } from "./types";

/** Lines come in bursts; the list of voices is asked for once per burst. */
const SETTLE_MS = 2_000;

/** Everybody who was ever heard, most recently heard first. */
export class Voices {
  all = $state.raw<Speaker[]>([]);
  known = $state(false);

  #api: Api;
  #due: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  async refresh(): Promise<void> {
    this.all = (await this.#api.speakers()).items;
    this.known = true;
  }

  /** Somebody spoke: their seconds, or the list itself, have grown. */
  grown(): void {
    if (this.#due !== undefined) return;
    this.#due = setTimeout(() => {
      this.#due = undefined;
      // A server that does not answer is told of by the connection; the next line asks again.
      this.refresh().catch((error: unknown) => console.warn(error));
    }, SETTLE_MS);
  }

  apply(speaker: SpeakerRef): void {
    this.all = this.all.map((voice) =>
      voice.id === speaker.id ? { ...voice, name: speaker.name, known: speaker.known } : voice,
    );
  }

  async name(id: number, name: string): Promise<SpeakerRef> {
    const speaker = await this.#api.nameSpeaker(id, name);
    this.apply(speaker);
    return speaker;
  }
}
