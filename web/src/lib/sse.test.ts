import { expect, test } from "vitest";
import { EventParser } from "./sse";

const STREAM =
  "retry: 2000\n\nevent: hello\ndata: {}\n\nid: 7\n\n: keep-alive\n\n" +
  "id: 8\nevent: transcript\ndata: one\ndata: two\n\nevent: speech\ndata:three\n\n";

const EVENTS = [
  { id: null, name: "hello", data: "{}" },
  { id: "8", name: "transcript", data: "one\ntwo" },
  { id: "8", name: "speech", data: "three" },
];

test("reads events, comments and ids without data", () => {
  expect(new EventParser().feed(STREAM)).toEqual(EVENTS);
});

test.each(["\n", "\r\n", "\r"])("reads pieces of any size with line ends %j", (end) => {
  const stream = STREAM.replaceAll("\n", end);
  for (const size of [1, 2, 3, 7]) {
    const parser = new EventParser();
    const events = [];
    for (let at = 0; at < stream.length; at += size)
      events.push(...parser.feed(stream.slice(at, at + size)));
    // A lone CR at the very end could be half of CRLF: the line is not known to be over.
    events.push(...parser.feed(":"));
    expect(events).toEqual(EVENTS);
  }
});

test("keeps an id that came without data for the next event", () => {
  expect(new EventParser().feed("id: 3\n\ndata: x\n\n")).toEqual([
    { id: "3", name: "message", data: "x" },
  ]);
});

test("holds an unfinished event back", () => {
  const parser = new EventParser();
  expect(parser.feed("data: half")).toEqual([]);
  expect(parser.feed("\n\n")).toEqual([{ id: null, name: "message", data: "half" }]);
});
