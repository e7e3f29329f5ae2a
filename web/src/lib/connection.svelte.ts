import { ApiError, type Api } from "./api";
import { delayMs } from "./backoff";
import { EventParser, type ServerEvent } from "./sse";
import type { Events } from "./types";

export type Handlers = {
  /** Connected. `resumed`: what was missed follows; otherwise nothing seen before counts. */
  hello: (data: Events["hello"], resumed: boolean) => void;
} & { [Name in Exclude<keyof Events, "hello">]: (data: Events[Name]) => void };

/** The server shows that it is there every 15 s; this long without a byte, and it is not. */
const SILENT_MS = 40_000;

/**
 * The event stream: kept open, resumed after the last stored event seen, so that nothing is
 * missed or told twice. `fetch` and not `EventSource`: that one cannot notice a dead connection
 * and gives up for good on an error page of a proxy.
 */
export class Connection {
  status = $state<"connecting" | "live" | "lost">("connecting");

  #api: Api;
  #handlers: Handlers;
  /** The last journal event that was handled. */
  #seen: number | null = null;
  #stopped = new AbortController();
  #wake: () => void = () => undefined;

  constructor(api: Api, handlers: Handlers) {
    this.#api = api;
    this.#handlers = handlers;
  }

  /** Stays connected until `stop`. */
  async run(): Promise<void> {
    const retry = () => this.#wake();
    const { signal } = this.#stopped;
    addEventListener("online", retry, { signal });
    document.addEventListener("visibilitychange", retry, { signal });
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await this.#follow(() => (attempt = 0));
      } catch (error) {
        if (!signal.aborted && !(error instanceof ApiError)) console.warn(error);
      }
      if (signal.aborted) return;
      this.status = "lost";
      await this.#pause(delayMs(Math.max(1, attempt)));
    }
  }

  stop(): void {
    this.#stopped.abort();
    this.#wake();
  }

  async #follow(connected: () => void): Promise<void> {
    const call = new AbortController();
    const hangUp = () => call.abort(new Error("the event stream went silent"));
    this.#stopped.signal.addEventListener("abort", hangUp, { signal: call.signal });
    let timer = setTimeout(hangUp, SILENT_MS);
    try {
      const body = await this.#api.events(this.#seen, call.signal);
      const parser = new EventParser();
      const text = new TextDecoder();
      for await (const bytes of chunks(body)) {
        clearTimeout(timer);
        timer = setTimeout(hangUp, SILENT_MS);
        for (const event of parser.feed(text.decode(bytes, { stream: true }))) {
          this.#handle(event);
          if (this.status !== "live" && event.name === "hello") {
            this.status = "live";
            connected();
          }
        }
      }
    } finally {
      clearTimeout(timer);
      call.abort();
    }
  }

  #handle(event: ServerEvent): void {
    if (!(event.name in this.#handlers)) return; // a newer server may say more
    const data: unknown = JSON.parse(event.data);
    if (event.name === "hello") this.#begin(data as Events["hello"]);
    else (this.#handlers[event.name as keyof Handlers] as (data: unknown) => void)(data);
    if (event.id !== null) this.#seen = Number(event.id);
  }

  #begin(hello: Events["hello"]): void {
    // A smaller number than ours: the journal began anew, what we saw is of another time.
    const resumed = this.#seen !== null && hello.last_event_id >= this.#seen;
    if (!resumed) this.#seen = hello.last_event_id;
    this.#handlers.hello(hello, resumed);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Safari's streams cannot be iterated over. */
async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
