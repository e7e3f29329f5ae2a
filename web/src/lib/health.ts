import { messages } from "./messages";
import type { Health } from "./types";

export interface Trouble {
  severe: boolean;
  text: string;
}

/** What is wrong, worst first, a sentence each. A camera's sentence starts with its name. */
export function troubles(
  health: Health | null,
  streamName: (id: string) => string | undefined,
): Trouble[] {
  if (health === null) return [];
  const found = health.parts
    .filter((part) => part.state !== "ok" && part.detail)
    .map((part) => {
      const id = part.part.startsWith("stream:") ? part.part.slice(7) : null;
      const name = id === null ? null : (streamName(id) ?? id);
      const detail = part.detail ?? "";
      return {
        // One camera less is no reason to alarm the whole house.
        severe: part.state === "failed" && id === null,
        text: name === null ? detail : `${name}: ${detail}`,
      };
    });
  return found.sort((a, b) => Number(b.severe) - Number(a.severe));
}

/** All that people should look at: what is wrong, what is not ready, what to know of the setup. */
export function attention(
  health: Health | null,
  streamName: (id: string) => string | undefined,
): Trouble[] {
  if (health === null) return [];
  const found = troubles(health, streamName);
  const loading = found.length === 0 && !health.engine.ready ? [messages.health.loading] : [];
  const notices = health.notices.map((notice) => notice.text);
  return [...found, ...[...loading, ...notices].map((text) => ({ severe: false, text }))];
}
