/** One server-sent event. `id` is the last one the server gave up to it; null: none yet. */
export interface ServerEvent {
  id: string | null;
  name: string;
  data: string;
}

/**
 * Server-sent events out of text that arrives in pieces of any size, as the HTML standard's
 * "event stream interpretation" says; `retry` fields are ignored: the pace is ours.
 */
export class EventParser {
  #rest = "";
  #id: string | null = null;
  #name = "";
  #data: string[] = [];

  /** The events that `text` completes, in order. */
  feed(text: string): ServerEvent[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    return lines.map((line) => this.#line(line)).filter((event) => event !== null);
  }

  #line(line: string): ServerEvent | null {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return null; // a comment: the server shows that it is there
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id") this.#id = value;
    return null;
  }

  #dispatch(): ServerEvent | null {
    const event = { id: this.#id, name: this.#name || "message", data: this.#data.join("\n") };
    const empty = this.#data.length === 0;
    this.#name = "";
    this.#data = [];
    return empty ? null : event;
  }
}
