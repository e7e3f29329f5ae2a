const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * How long to wait before attempt number `attempt` (from 1): doubling, with jitter over the
 * upper half so that several open pages do not return at once.
 */
export function delayMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return ceiling * (0.5 + random() / 2);
}
