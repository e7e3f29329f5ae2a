import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { VOICE_COLOURS, voiceColour } from "./palette";

const css = readFileSync(new URL("../page.css", import.meta.url), "utf8");
const [light = "", dark = ""] = css.split("@media (prefers-color-scheme: dark)");

function colours(block: string): Map<string, string> {
  const found = block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g);
  return new Map([...found].map(([, name = "", value = ""]) => [name, value]));
}

/** WCAG 2.2 relative luminance. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, two: string): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(two)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

const voices = Array.from({ length: VOICE_COLOURS }, (_, at) => `voice-${at}`);
const texts = ["ink", "ink-soft", "accent", "good", "warn", "bad", ...voices];

test.each([
  ["light", colours(light)],
  ["dark", colours(dark)],
])("every colour of text can be read: %s", (_, palette) => {
  const colour = (name: string) => palette.get(name) ?? expect.fail(`no --${name}`);
  for (const surface of ["paper", "card"])
    for (const text of texts)
      expect(contrast(colour(text), colour(surface)), `${text} on ${surface}`).toBeGreaterThan(4.5);
  expect(contrast(colour("on-accent"), colour("accent"))).toBeGreaterThan(4.5);
  expect(contrast(colour("ink"), colour("hit"))).toBeGreaterThan(4.5);
});

test("a voice keeps its colour, and the next voice has another", () => {
  expect(voiceColour({ id: 3 })).toBe(voiceColour({ id: 3 }));
  expect(voiceColour({ id: 3 })).not.toBe(voiceColour({ id: 4 }));
});
