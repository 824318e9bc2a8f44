// Times for people, in the language of the system.

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600_000],
  ["month", 2_629_800_000],
  ["week", 604_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** "3 weeks ago", "just now". */
export function ago(at: number, now: number): string {
  const past = now - at;
  for (const [unit, size] of UNITS) {
    if (Math.abs(past) >= size) return relative.format(-Math.round(past / size), unit);
  }
  const seconds = Math.round(past / 1000);
  return seconds < 5 ? "just now" : `${seconds} s ago`;
}

/** Time of day with seconds. */
export const clock = (at: number): string =>
  new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** Date and time. */
export const moment = (at: number): string => new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

/** "240 ms", "1.4 s", "2 min 5 s". */
export function took(millis: number): string {
  if (millis < 1000) return `${Math.round(millis)} ms`;
  if (millis < 60_000) return `${(millis / 1000).toFixed(1)} s`;
  return `${Math.floor(millis / 60_000)} min ${Math.round((millis % 60_000) / 1000)} s`;
}

/** "12.4 MB". */
export function bytes(count: number): string {
  if (count < 1_000_000) return `${Math.max(1, Math.round(count / 1000))} kB`;
  return `${(count / 1_000_000).toFixed(1)} MB`;
}
