import { expect, test } from "vitest";
import { matches, pieces, places, whileTyping } from "./search";

test("the last word may still be growing while somebody types", () => {
  expect(whileTyping(" the plum")).toBe("the plum*");
  expect(whileTyping('"the plumber"')).toBe('"the plumber"');
  expect(whileTyping("plum*")).toBe("plum*");
  expect(whileTyping("  ")).toBe("");
});

test("matches whole words or beginnings, whatever their case and accents", () => {
  expect(matches("The plumber came.", "plumber the")).toBe(true);
  expect(matches("The plumber came.", "plumb")).toBe(false);
  expect(matches("The plumber came.", "plumb*")).toBe(true);
  expect(matches("Das Café öffnet", "cafe OFFNET")).toBe(true);
});

test("marks hits and loses no character", () => {
  const text = "“Café”, he said; the café!";
  const found = pieces(text, "cafe");
  expect(found.map((piece) => piece.text).join("")).toBe(text);
  expect(found.filter((piece) => piece.hit).map((piece) => piece.text)).toEqual(["Café", "café"]);
});

test("an empty search marks nothing", () => {
  expect(pieces("any words", "").some((piece) => piece.hit)).toBe(false);
});

test("finds phrases word for word, and nothing else of their words", () => {
  const text = "Help! Somebody, help  ME. Me too.";
  const said = (...phrases: string[]) => {
    const found = places(text, phrases);
    return pieces(text, "")
      .filter((_, at) => found.has(at))
      .map((piece) => piece.text)
      .join("");
  };
  expect(said("help me")).toBe("help  ME");
  expect(said("help", "too")).toBe("Helphelptoo");
  expect(said("helper")).toBe("");
  expect(said("", "!")).toBe("");
  expect(said("me too help")).toBe("");
});
