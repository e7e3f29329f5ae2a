import { SvelteMap } from "svelte/reactivity";
import { places } from "./search";
import type { Alert, Events, KeywordAlert, Line } from "./types";

/** So many are shown at a time; what was said stays marked in the transcript. */
const SHOWN = 3;
/** So many marked lines are remembered; more than are ever on screen. */
const MARKED = 500;

/** Keywords that were said, until they are dismissed, and cameras on which nobody speaks. */
export class Alerts {
  /** The youngest last. */
  shown = $state.raw<KeywordAlert[]>([]);
  /** Keywords by the line they were said in. */
  marks = new SvelteMap<number, string[]>();
  /** Minutes without speech by stream. */
  silent = new SvelteMap<string, number>();

  /** Heard in a sentence that is no line yet. */
  #early: KeywordAlert[] = [];

  heard(alert: Alert): void {
    if (alert.kind === "silence") {
      if (alert.silent) this.silent.set(alert.stream_id, alert.minutes);
      else this.silent.delete(alert.stream_id);
      return;
    }
    this.shown = [...this.shown, alert].slice(-SHOWN);
    if (alert.line_id === null) this.#early = [...this.#early, alert].slice(-SHOWN);
    else this.#mark(alert.line_id, alert.keyword);
  }

  /** A line was written: perhaps that of a keyword heard before it was finished. */
  written(line: Line): void {
    this.#early = this.#early.filter((alert) => {
      const here =
        alert.stream_id === line.stream_id &&
        alert.at <= line.end &&
        places(line.text, [alert.keyword]).size > 0;
      if (here) this.#mark(line.id, alert.keyword);
      return !here;
    });
  }

  spoken({ stream_id, on }: Events["speech"]): void {
    if (on) this.silent.delete(stream_id);
  }

  dismiss(alert: KeywordAlert): void {
    this.shown = this.shown.filter((each) => each !== alert);
  }

  #mark(line: number, keyword: string): void {
    this.marks.set(line, [...(this.marks.get(line) ?? []), keyword]);
    const [oldest] = this.marks.keys();
    if (this.marks.size > MARKED && oldest !== undefined) this.marks.delete(oldest);
  }
}
