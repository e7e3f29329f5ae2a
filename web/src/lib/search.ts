/** Searching as the server does it (words, begin*, case and accents aside), for what is on screen. */

const WORD = /[\p{L}\p{N}\p{M}]+\*?/gu;

interface Term {
  word: string;
  /** `plumb*`: words that begin so. */
  open: boolean;
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function terms(query: string): Term[] {
  return (query.match(WORD) ?? []).map((term) => ({
    word: fold(term.replace("*", "")),
    open: term.endsWith("*"),
  }));
}

function meets(word: string, term: Term): boolean {
  return term.open ? word.startsWith(term.word) : word === term.word;
}

/** The query for what somebody is typing: its last word may still be growing. */
export function whileTyping(text: string): string {
  const query = text.trim();
  return /[\p{L}\p{N}\p{M}]$/u.test(query) ? `${query}*` : query;
}

/** Whether `text` holds every word that `query` asks for. */
export function matches(text: string, query: string): boolean {
  const said = (text.match(WORD) ?? []).map(fold);
  return terms(query).every((term) => said.some((word) => meets(word, term)));
}

export interface Piece {
  text: string;
  hit: boolean;
}

/** Words and what stands between them. */
function split(text: string): string[] {
  return text.split(/([\p{L}\p{N}\p{M}]+)/u).filter((part) => part !== "");
}

/** `text` in pieces, so that the words `query` asks for stand alone, marked as hits. */
export function pieces(text: string, query: string): Piece[] {
  const wanted = terms(query);
  return split(text).map((part) => ({
    text: part,
    hit: wanted.some((term) => meets(fold(part), term)),
  }));
}

/** Which `pieces` of `text` belong to one of `phrases`, said word for word. */
export function places(text: string, phrases: string[]): Set<number> {
  const words = split(text)
    .map((part, at) => ({ at, word: fold(part) }))
    .filter(({ word }) => /^[\p{L}\p{N}\p{M}]/u.test(word));
  const found = new Set<number>();
  for (const phrase of phrases) {
    const wanted = terms(phrase).map((term) => term.word);
    words.forEach((first, begin) => {
      const last = words[begin + wanted.length - 1];
      if (last && wanted.every((word, n) => words[begin + n]?.word === word))
        for (let at = first.at; at <= last.at; at++) found.add(at);
    });
  }
  return found;
}
