import { expect, test } from "vitest";
import { delayMs } from "./backoff";

test("waits longer each time, up to a bound", () => {
  const longest = [1, 2, 3, 4, 20].map((attempt) => delayMs(attempt, () => 1));
  expect(longest).toEqual([500, 1000, 2000, 4000, 15_000]);
});

test("never waits less than half", () => {
  expect(delayMs(3, () => 0)).toBe(1000);
});
