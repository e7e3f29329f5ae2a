const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** The words of a text, or of a search without its operators; no case, no accents. */
export function words(text: string): string[] {
  return (text.match(WORD) ?? []).map(fold);
}

export interface Piece {
  text: string;
  hit: boolean;
}

/** `text` cut so that the words which begin with a searched word stand alone, marked as hits. */
export function pieces(text: string, query: string): Piece[] {
  const wanted = words(query);
  return text
    .split(/([\p{L}\p{N}\p{M}]+)/u)
    .filter((part) => part !== "")
    .map((part) => {
      const folded = fold(part);
      return { text: part, hit: wanted.some((word) => folded.startsWith(word)) };
    });
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
