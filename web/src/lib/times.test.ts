import { expect, test } from "vitest";
import { ago, dayName, daysFrom, length } from "./times";

const noon = new Date(2026, 10, 22, 12, 0, 0);
const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();

test("days follow the reader's calendar, not 24 hours", () => {
  expect(daysFrom(noon, at(22, 0))).toBe(0);
  expect(daysFrom(noon, at(21, 23))).toBe(-1);
  expect(dayName(at(22, 1), noon)).toBe("Today");
  expect(dayName(at(21, 23), noon)).toBe("Yesterday");
  expect(dayName(at(17, 8), noon)).toMatch(/Tuesday/);
});

test("says how long ago", () => {
  const before = (seconds: number) => new Date(noon.getTime() - seconds * 1000).toISOString();
  expect(ago(before(-5), noon)).toBe("now"); // a clock a little ahead of ours
  expect(ago(before(10), noon)).toBe("now");
  expect(ago(before(300), noon)).toBe("5 minutes ago");
  expect(ago(before(3 * 3600), noon)).toBe("3 hours ago");
  expect(ago(before(20 * 3600), noon)).toBe("yesterday");
});

test("says lengths as people do", () => {
  expect(length(1)).toBe("1 second");
  expect(length(59.4)).toBe("59 seconds");
  expect(length(720, "short")).toBe("12 min");
  expect(length(9000)).toBe("2.5 hours");
});
