import { expect, test } from "vitest";
import type { Line } from "./types";
import { continues, hand, merge, rename, replace } from "./window";

function line(id: number, second: number, more: Partial<Line> = {}): Line {
  const at = (s: number) => new Date(Date.UTC(2026, 10, 22, 12, 0, s)).toISOString();
  return {
    id,
    stream_id: "hall",
    stream_name: "Hall",
    start: at(second),
    end: at(second + 2),
    text: `line ${id}`,
    language: "en",
    confidence: 0.9,
    speaker: { id: 1, name: "Voice 1", known: false, sure: true },
    ...more,
  };
}
const ids = (lines: Line[]) => lines.map((each) => each.id);

test("sorts by time, then by id, each line once and in its newest form", () => {
  const lines = merge([line(2, 5), line(1, 9)], [line(3, 5), line(1, 9, { text: "new" })]);
  expect(ids(lines)).toEqual([2, 3, 1]);
  expect(lines[2]?.text).toBe("new");
});

test("replaces a line that is there and no other", () => {
  const lines = [line(1, 0), line(2, 3)];
  expect(replace(lines, line(2, 3, { text: "put right" }))[1]?.text).toBe("put right");
  expect(replace(lines, line(9, 1))).toBe(lines);
});

test("renames a voice wherever it speaks", () => {
  const other = { id: 2, name: "Voice 2", known: false, sure: true };
  const lines = [line(1, 0), line(2, 3, { speaker: other }), line(3, 6, { speaker: null })];
  const renamed = rename(lines, { id: 1, name: "Anna", known: true });
  expect(renamed.map((each) => each.speaker?.name)).toEqual(["Anna", "Voice 2", undefined]);
  expect(renamed[0]?.speaker?.known).toBe(true);
});

test("hands all lines of a voice to another, or to nobody", () => {
  const guess = { id: 2, name: "Voice 2", known: false, sure: false };
  const lines = [line(1, 0), line(2, 3, { speaker: guess }), line(3, 6, { speaker: null })];
  const merged = hand(lines, 2, { id: 1, name: "Anna", known: true });
  expect(merged[0]?.speaker?.name).toBe("Voice 1");
  expect(merged[1]?.speaker).toEqual({ id: 1, name: "Anna", known: true, sure: false });
  const forgotten = hand(lines, 1, null);
  expect(forgotten.map((each) => each.speaker?.id ?? null)).toEqual([null, 2, null]);
});

test("a line continues the one before by the same voice, on the same camera, soon after", () => {
  const first = line(1, 0);
  expect(continues(line(2, 4), first)).toBe(true);
  expect(continues(line(2, 4), undefined)).toBe(false);
  expect(continues(line(2, 4, { stream_id: "kitchen" }), first)).toBe(false);
  expect(continues(line(2, 4, { speaker: null }), first)).toBe(false);
  expect(continues(line(2, 400), first)).toBe(false);
  const guess = { id: 1, name: "Voice 1", known: false, sure: false };
  expect(continues(line(2, 4, { speaker: guess }), first)).toBe(false);
});
