import { expect, test } from "vitest";
import { attention, troubles } from "./health";
import type { Health, HealthPart } from "./types";

function health(...parts: HealthPart[]): Health {
  const engine = { name: "embedded", ready: true, backlog_s: 0 };
  return { status: "degraded", version: "1", parts, engine, notices: [] };
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

test("what is to know of the setup comes last, and does not hide that the engine loads", () => {
  const open = { code: "open_to_network", text: "Everybody can read everything." };
  const loading = { ...health(), notices: [open] };
  loading.engine.ready = false;
  const texts = attention(loading, () => undefined).map((trouble) => trouble.text);
  expect(texts).toEqual([expect.stringContaining("speech recogniser"), open.text]);
  const away = { ...health(part("broker", "degraded", "The broker is away.")), notices: [open] };
  expect(attention(away, () => undefined)).toEqual([
    { severe: false, text: "The broker is away." },
    { severe: false, text: open.text },
  ]);
  expect(attention(null, () => undefined)).toEqual([]);
});
