/** How many voice colours the style sheet has (`--voice-0` …). */
export const VOICE_COLOURS = 8;

/** The colour of a voice: always the same one, and neighbours in number differ. */
export function voiceColour(speaker: { id: number } | null): string {
  return speaker === null ? "var(--ink-soft)" : `var(--voice-${speaker.id % VOICE_COLOURS})`;
}
