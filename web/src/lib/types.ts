/** The JSON shapes of the HTTP API. Times are ISO 8601 in UTC. */

export type StreamState = "connecting" | "streaming" | "muted" | "retrying" | "failed" | "stopped";

export interface StreamStatus {
  state: StreamState;
  /** One sentence: what is wrong and what to do. */
  detail: string | null;
  code: string | null;
  /** Audio arrives, but has been digital silence for long. */
  silent: boolean;
  restarts: number;
  /** Seconds of audio lost because later stages were behind. */
  dropped_s: number;
  fps: number | null;
}

export interface Stream {
  id: string;
  name: string;
  /** Without credentials. */
  url: string;
  enabled: boolean;
  listening: boolean;
  area: string | null;
  status: StreamStatus;
}

export interface StreamRemoved {
  id: string;
  removed: true;
}

export interface Probe {
  ok: boolean;
  detail: string;
  code: string | null;
  audio: { codec: string; sample_rate: number; channels: number } | null;
  video: { codec: string; width: number; height: number; fps: number | null } | null;
  elapsed_ms: number;
}

export interface SpeakerName {
  id: number;
  name: string;
  /** A person named this voice. */
  known: boolean;
}

export interface SpeakerRef extends SpeakerName {
  /** False: the likeliest voice, but only a guess. */
  sure: boolean;
}

export interface Line {
  id: number;
  stream_id: string;
  stream_name: string;
  start: string;
  end: string;
  text: string;
  language: string;
  /** 0 to 1. */
  confidence: number;
  speaker: SpeakerRef | null;
}

export interface Speaker extends SpeakerName {
  speech_s: number;
  first_heard: string;
  last_heard: string;
}

/** Something a person decided about voices. */
export interface Correction {
  id: number;
  /** What was done, for people. */
  text: string;
  undone: boolean;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** What narrows the transcript down; absent members do not. */
export interface LineQuery {
  q?: string;
  stream_id?: string;
  speaker_id?: number;
}

export interface HealthPart {
  part: string;
  state: "ok" | "degraded" | "failed";
  detail: string | null;
  code: string | null;
}

export interface Health {
  status: "ok" | "degraded" | "failed";
  version: string;
  parts: HealthPart[];
  engine: { name: string; ready: boolean; backlog_s: number };
  /** What people should know about the setup although every part works. */
  notices: { code: string; text: string }[];
}

/** Another Wallflower on the network. */
export interface Other {
  id: string;
  name: string;
  url: string;
}

export interface KeywordAlert {
  kind: "keyword";
  stream_id: string;
  keyword: string;
  emergency: boolean;
  /** What it was said in, as far as that was recognised. */
  text: string;
  speaker: SpeakerRef | null;
  /** Null while the line is not written yet. */
  line_id: number | null;
  at: string;
}

export interface SilenceAlert {
  kind: "silence";
  stream_id: string;
  /** False: somebody speaks again. */
  silent: boolean;
  minutes: number;
}

export type Alert = KeywordAlert | SilenceAlert;

/** Whoever looks at this page. */
export interface Me {
  id: string | null;
  name: string | null;
  /** May do everything here; null: Home Assistant cannot be asked at the moment. */
  admin: boolean | null;
  via: "ingress" | "lan";
}

export type TranscriptEvent =
  | { kind: "new" | "corrected"; line: Line; line_id: number }
  | { kind: "deleted"; line: null; line_id: number };

export type SpeakerEvent =
  | { kind: "renamed"; speaker: SpeakerName }
  | { kind: "merged"; speaker_id: number; into_id: number }
  | { kind: "forgotten"; speaker_id: number }
  | { kind: "heard"; stream_id: string; speaker: SpeakerRef; since: string };

/** What `api/events` sends, by event name. */
export interface Events {
  hello: { last_event_id: number; version: string };
  transcript: TranscriptEvent;
  partial: { stream_id: string; text: string; start: string };
  speaker: SpeakerEvent;
  speech: { stream_id: string; on: boolean; at: string };
  alert: Alert;
  status: Stream | StreamRemoved;
  listening: { on: boolean };
  health: Health;
}
