/**
 * The stretch of transcript that is shown: a sorted, bounded run of lines without holes, oldest
 * first. Pure; every function leaves its input alone.
 */
import type { Line, SpeakerName } from "./types";

export function order(a: Line, b: Line): number {
  return a.start < b.start ? -1 : a.start > b.start ? 1 : a.id - b.id;
}

/** `lines` with `more` among them; a line that is there twice is taken from `more`. */
export function merge(lines: Line[], more: Line[]): Line[] {
  const byId = new Map(lines.map((line) => [line.id, line]));
  for (const line of more) byId.set(line.id, line);
  return [...byId.values()].sort(order);
}

/** `lines` with a newer version of one of them; the same array when it is not there. */
export function replace(lines: Line[], line: Line): Line[] {
  const at = lines.findIndex((each) => each.id === line.id);
  return at < 0 ? lines : merge(lines, [line]);
}

/** `lines` with the voice's name changed wherever it speaks. */
export function rename(lines: Line[], speaker: SpeakerName): Line[] {
  return hand(lines, speaker.id, speaker);
}

/** `lines` in which everything of the voice `from` is `into`'s, or (null) nobody's. */
export function hand(lines: Line[], from: number, into: SpeakerName | null): Line[] {
  return lines.map((line) =>
    line.speaker?.id === from
      ? { ...line, speaker: into && { ...line.speaker, ...namely(into) } }
      : line,
  );
}

/** Only what names a voice. */
export function namely({ id, name, known }: SpeakerName): SpeakerName {
  return { id, name, known };
}

/** How long a pause, or another's line in between, still lets two lines share one heading. */
const SAME_BREATH_MS = 90_000;

/**
 * Whether `line` goes on where `before` ended: same camera and voice, as sure of it, and soon
 * after.
 */
export function continues(line: Line, before: Line | undefined): boolean {
  return (
    before !== undefined &&
    before.stream_id === line.stream_id &&
    before.speaker?.id === line.speaker?.id &&
    before.speaker?.sure === line.speaker?.sure &&
    Date.parse(line.start) - Date.parse(before.end) < SAME_BREATH_MS
  );
}
