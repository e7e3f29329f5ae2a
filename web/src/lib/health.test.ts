import { expect, test } from "vitest";
import { troubles } from "./health";
import type { Health, HealthPart } from "./types";

function health(...parts: HealthPart[]): Health {
  const engine = { name: "embedded", ready: true, backlog_s: 0 };
  return { status: "degraded", version: "1", parts, engine };
}
const part = (name: string, state: HealthPart["state"], detail: string | null): HealthPart => ({
  part: name,
  state,
  detail,
  code: null,
});

test("nothing wrong, nothing said", () => {
  expect(troubles(null, () => undefined)).toEqual([]);
  expect(troubles(health(part("engine", "ok", null)), () => undefined)).toEqual([]);
});

test("the worst comes first, and a camera's sentence carries its name", () => {
  const found = troubles(
    health(
      part("broker", "degraded", "The broker is away."),
      part("stream:hall", "failed", "Wrong password."),
      part("store", "failed", "The disk is full."),
    ),
    (id) => (id === "hall" ? "Hall" : undefined),
  );
  expect(found).toEqual([
    { severe: true, text: "The disk is full." },
    { severe: false, text: "The broker is away." },
    { severe: false, text: "Hall: Wrong password." },
  ]);
});
