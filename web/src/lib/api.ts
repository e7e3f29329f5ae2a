import { messages } from "./messages";
import type {
  Correction,
  Health,
  Line,
  LineQuery,
  Me,
  Other,
  Page,
  Probe,
  Speaker,
  Stream,
} from "./types";

/** A refusal with a sentence for people; `code` is stable, `offline` when nobody answered. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** The field of the request that is refused, where the server names one. */
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

interface Problem {
  code?: string;
  detail?: string;
  errors?: { field: string }[];
}

/** Wallflower's HTTP API, relative to `base` so that a path prefix in front changes nothing. */
export class Api {
  constructor(private readonly base = "api/") {}

  streams = () => this.#get<Page<Stream>>("streams");
  addStream = (name: string, url: string) => this.#send<Stream>("POST", "streams", { name, url });
  changeStream = (id: string, change: Partial<Pick<Stream, "name" | "listening">>) =>
    this.#send<Stream>("PATCH", `streams/${encodeURIComponent(id)}`, change);
  removeStream = (id: string) => this.#send<null>("DELETE", `streams/${encodeURIComponent(id)}`);
  steerStream = (id: string, action: "start" | "stop" | "restart") =>
    this.#send<Stream>("POST", `streams/${encodeURIComponent(id)}/${action}`);
  probe = (url: string, signal: AbortSignal) =>
    this.#send<Probe>("POST", "streams/probe", { url }, signal);

  me = () => this.#get<Me>("me");

  /** A picture of now, `width` pixels wide at most. */
  snapshot = async (id: string, width: number, signal: AbortSignal): Promise<Blob> => {
    const path = `streams/${encodeURIComponent(id)}/snapshot?width=${width}`;
    const response = await this.#fetch(path, { signal, cache: "no-store" });
    if (!response.ok) throw await refusal(response);
    return response.blob();
  };

  listening = () => this.#get<{ on: boolean }>("listening");
  setListening = (on: boolean) => this.#send<{ on: boolean }>("PUT", "listening", { on });

  speakers = () => this.#get<Page<Speaker>>("speakers");
  nameSpeaker = (id: number, name: string) =>
    this.#send<Speaker>("PATCH", `speakers/${id}`, { name });
  mergeSpeaker = (gone: number, into: number) =>
    this.#send<Speaker>("POST", "speakers/merge", { from: [gone], into });
  forgetSpeaker = (id: number) => this.#send<null>("DELETE", `speakers/${id}`);
  /** Give a line to a voice, or (null) to somebody who was never heard before. */
  reassign = (line: number, speaker: number | null) =>
    this.#send<Line>(
      "PATCH",
      `transcripts/${line}`,
      speaker === null ? { new_speaker: true } : { speaker_id: speaker },
    );

  /** The youngest first. */
  corrections = (limit: number) => this.#get<Page<Correction>>(`corrections?limit=${limit}`);
  undo = (id: number) => this.#send<Correction>("POST", `corrections/${id}/undo`);

  /** A page of lines, newest first. POST: what people search for stays out of access logs. */
  lines = (query: LineQuery, limit: number, cursor: string | null, signal: AbortSignal) =>
    this.#send<Page<Line>>(
      "POST",
      "transcripts/search",
      { ...query, limit, ...(cursor === null ? {} : { cursor }) },
      signal,
    );

  others = () => this.#get<{ items: Other[] }>("others");

  /** Also answers with the reasons when the house has failed (503). */
  health = () => this.#get<Health>("health", [503]);

  /** The open event stream. Raises `ApiError` when it is refused. */
  async events(after: number | null, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (after !== null) headers["Last-Event-ID"] = String(after);
    const response = await this.#fetch("events", { headers, signal, cache: "no-store" });
    if (!response.ok || !response.body) throw await refusal(response);
    return response.body;
  }

  #get<T>(path: string, alsoGood: number[] = []): Promise<T> {
    return this.#json<T>(path, { cache: "no-store" }, alsoGood);
  }

  #send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { "Content-Type": "application/json" };
    }
    if (signal) init.signal = signal;
    return this.#json<T>(path, init);
  }

  async #json<T>(path: string, init: RequestInit, alsoGood: number[] = []): Promise<T> {
    const response = await this.#fetch(path, init);
    if (!response.ok && !alsoGood.includes(response.status)) throw await refusal(response);
    if (response.status === 204) return null as T;
    try {
      return (await response.json()) as T;
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new ApiError("not_json", messages.errors.strange(response.status));
    }
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.base + path, init);
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new ApiError("offline", messages.errors.offline);
    }
  }
}

async function refusal(response: Response): Promise<ApiError> {
  let problem: Problem = {};
  if (response.headers.get("Content-Type")?.startsWith("application/problem+json"))
    problem = (await response.json()) as Problem;
  return new ApiError(
    problem.code ?? `http_${response.status}`,
    problem.detail ?? messages.errors.strange(response.status),
    problem.errors?.[0]?.field ?? null,
  );
}

/** The sentence to show for anything that was thrown. */
export function sentence(error: unknown): string {
  return error instanceof ApiError ? error.message : messages.errors.unexpected(String(error));
}
