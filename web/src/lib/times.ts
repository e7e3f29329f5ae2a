/** Times as the reader's own locale and zone write them. */

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayAndYear = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

export const clockTime = (iso: string): string => clock.format(new Date(iso));
export const exactTime = (iso: string): string => exact.format(new Date(iso));

/** Days from `now`'s date to `iso`'s, by the reader's calendar: 0 today, -1 yesterday. */
export function daysFrom(now: Date, iso: string): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(new Date(iso)) - midnight(now)) / 86_400_000);
}

/** "Today", "Yesterday", "Tuesday, 3 March". */
export function dayName(iso: string, now = new Date()): string {
  const days = daysFrom(now, iso);
  const name =
    days === 0 || days === -1
      ? relative.format(days, "day")
      : (Math.abs(days) < 180 ? day : dayAndYear).format(new Date(iso));
  return name.slice(0, 1).toLocaleUpperCase() + name.slice(1);
}

/** "now", "12 minutes ago", "yesterday". */
export function ago(iso: string, now: Date): string {
  const seconds = Math.min(0, (Date.parse(iso) - now.getTime()) / 1000);
  if (seconds > -45) return relative.format(0, "second");
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), "minute");
  const days = daysFrom(now, iso);
  if (days === 0) return relative.format(Math.round(seconds / 3600), "hour");
  return relative.format(days, "day");
}

/** Seconds as a person would say them: "45 seconds", "12 minutes", "3.5 hours". */
export function length(seconds: number, unitDisplay: "short" | "long" = "long"): string {
  const [value, unit] =
    seconds < 60
      ? [Math.round(seconds), "second"]
      : seconds < 3600
        ? [Math.round(seconds / 60), "minute"]
        : [Math.round(seconds / 360) / 10, "hour"];
  const format = { style: "unit", unit, unitDisplay } as const;
  return new Intl.NumberFormat(undefined, format).format(value);
}
