import { getContext, setContext } from "svelte";
import { Alerts } from "./alerts.svelte";
import { Api, sentence } from "./api";
import { Connection } from "./connection.svelte";
import { Corrections } from "./corrections.svelte";
import { House } from "./house.svelte";
import { Now } from "./now.svelte";
import { Transcript } from "./transcript.svelte";
import type { Line, LineQuery, Me, SpeakerEvent, SpeakerName } from "./types";
import { Voices } from "./voices.svelte";

const KEY = Symbol("wallflower");
/** Lines a screen reader may still have to read out. */
const ANNOUNCED = 4;

/** All that the page knows, wired to the server: the one place that builds it. */
export class Wallflower {
  api = new Api();
  house = new House(this.api);
  voices = new Voices(this.api);
  now = new Now();
  alerts = new Alerts();
  transcript = new Transcript(this.api);
  corrections = new Corrections(this.api);
  /** The newest lines, for those who listen to this page. */
  announced = $state.raw<Line[]>([]);
  /** The voice whose name is being asked for. */
  naming = $state.raw<SpeakerName | null>(null);
  /** The line of which it is asked who said it. */
  asking = $state.raw<Line | null>(null);
  addingCamera = $state(false);
  me = $state.raw<Me | null>(null);
  /** False where only an administrator may; in doubt the server refuses, and says why. */
  mayAll = $derived(this.me?.admin !== false);
  /** Why the page could not be filled; the connection's retry tries again. */
  error = $state<string | null>(null);

  connection = new Connection(this.api, {
    hello: (_, resumed) => {
      this.now.forget();
      void this.#fill(!resumed);
    },
    transcript: (event) => {
      if (event.kind === "new") {
        this.now.written(event.line);
        this.alerts.written(event.line);
        this.voices.grown();
      }
      if (event.kind === "corrected") this.voices.grown();
      const line = this.transcript.apply(event);
      if (line !== null) this.announced = [...this.announced, line].slice(-ANNOUNCED);
    },
    partial: (event) => this.now.partial(event),
    speech: (event) => {
      this.now.speech(event);
      this.alerts.spoken(event);
    },
    alert: (event) => this.alerts.heard(event),
    speaker: (event) => this.#speaker(event),
    status: (change) => {
      this.house.apply(change);
      if ("removed" in change || change.status.state !== "streaming") this.now.quiet(change.id);
    },
    listening: ({ on }) => this.house.switched(on),
    health: (health) => this.house.heard(health),
  });

  show(query: LineQuery): void {
    void this.transcript.show(query);
  }

  async #fill(transcriptToo: boolean): Promise<void> {
    try {
      const lines = transcriptToo ? this.transcript.newest() : Promise.resolve();
      const me = this.api.me().then((who) => (this.me = who));
      await Promise.all([this.house.refresh(), this.voices.refresh(), me, lines]);
      this.error = null;
    } catch (error) {
      this.error = sentence(error);
    }
  }

  #speaker(event: SpeakerEvent): void {
    switch (event.kind) {
      case "renamed":
        this.voices.rename(event.speaker);
        this.transcript.rename(event.speaker);
        this.now.hand(event.speaker.id, event.speaker);
        break;
      case "merged":
        this.#hand(event.speaker_id, event.into_id);
        break;
      case "forgotten":
        this.#hand(event.speaker_id, null);
        break;
      case "heard":
        this.now.heard(event.stream_id, event.speaker, event.since);
    }
  }

  /** A voice is no more; what it said is `into`'s, or (null) nobody's. */
  #hand(gone: number, into: number | null): void {
    const voice = into === null ? null : (this.voices.find(into) ?? null);
    this.voices.remove(gone);
    this.transcript.hand(gone, voice);
    this.now.hand(gone, voice);
    // A voice that this page never saw: only the server knows its name.
    if (into !== null && voice === null) void this.transcript.newest();
  }
}

/** Build it for the components below. */
export function plant(): Wallflower {
  return setContext(KEY, new Wallflower());
}

export function useWallflower(): Wallflower {
  return getContext<Wallflower>(KEY);
}
