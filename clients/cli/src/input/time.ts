import { UsageError } from '../output/exit-codes.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

/** Milliseconds of a duration such as `90m` or `7d`. Undefined for other text. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,6})([a-z])$/.exec(text) ?? [];
  const unitMs = UNITS[unit];
  return unitMs === undefined ? undefined : Number(amount) * unitMs;
}

/** The moment that text names: a duration before now, or a date with or without a time. Undefined for other text. */
export function parseMoment(text: string, now: number): Date | undefined {
  const durationMs = parseDuration(text);
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  const at = durationMs === undefined ? date : now - durationMs;
  return at >= 0 ? new Date(at) : undefined;
}

/** The moment that an option names, as ISO 8601. @throws UsageError */
export function momentOf(option: string, text: string, now: number): string {
  const at = parseMoment(text, now);
  if (at) return at.toISOString();
  throw new UsageError(
    `${option} requires a duration such as 7d or 90m, or a date such as 2026-11-30, and got ${text}.`,
  );
}
