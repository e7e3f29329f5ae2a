import { sentence, type Api } from "./api";
import type { Correction } from "./types";

/**
 * What people decide about voices. Nothing is changed on the page here: the event stream tells
 * what came of a decision, and an answer could be older than what it told.
 */
export class Corrections {
  /** What was just decided here, as long as it can be taken back at a click. */
  latest = $state.raw<Correction | null>(null);
  error = $state<string | null>(null);

  #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Raises `ApiError`, as the others do. */
  async name(voice: number, name: string): Promise<void> {
    await this.#api.nameSpeaker(voice, name);
    await this.#show();
  }

  /** Two voices are one: `gone` is part of `into` from now on. */
  async merge(gone: number, into: number): Promise<void> {
    await this.#api.mergeSpeaker(gone, into);
    await this.#show();
  }

  /** Give a line to a voice, or (null) to somebody who was never heard before. */
  async reassign(line: number, voice: number | null): Promise<void> {
    await this.#api.reassign(line, voice);
    await this.#show();
  }

  /** Cannot be taken back. */
  async forget(voice: number): Promise<void> {
    await this.#api.forgetSpeaker(voice);
    this.dismiss();
  }

  /** Take back what was just decided; why that cannot be is shown beside it. */
  async undo(): Promise<void> {
    const correction = this.latest;
    if (correction === null) return;
    try {
      await this.#api.undo(correction.id);
      if (this.latest === correction) this.dismiss();
    } catch (failure) {
      this.error = sentence(failure);
    }
  }

  dismiss(): void {
    this.latest = null;
    this.error = null;
  }

  async #show(): Promise<void> {
    this.dismiss();
    try {
      this.latest = (await this.#api.corrections(1)).items.find((one) => !one.undone) ?? null;
    } catch (error) {
      console.warn(error); // it is done all the same; only taking it back is not offered
    }
  }
}
