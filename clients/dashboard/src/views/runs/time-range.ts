const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };
const DEFAULT_SPAN_MS = DAY_MS;

/** Bars that are wanted at most, and the lengths of time that one may stand for. */
const MAX_BARS = 60;
const BAR_MS: readonly number[] = [
  1_000,
  5_000,
  15_000,
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  7 * DAY_MS,
];
const YEAR_MS = 365 * DAY_MS;

/** A moment as the URL has it: `24h`, `30m` or `7d` before now, or a date. Undefined for other text. */
export function momentOf(text: string, now: number): number | undefined {
  const [, count, unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (UNITS[unit] ?? 0);
  const at = Date.parse(text);
  return /^\d{4}-/.test(text) && Number.isFinite(at) ? at : undefined;
}

/** A round length of time: `30 min`, `6 h`, `7 d`. */
export function spanText(milliseconds: number): string {
  if (milliseconds < MINUTE_MS) return `${milliseconds / 1_000} s`;
  if (milliseconds < HOUR_MS) return `${milliseconds / MINUTE_MS} min`;
  return milliseconds < DAY_MS ? `${milliseconds / HOUR_MS} h` : `${milliseconds / DAY_MS} d`;
}

/** A range of time in bars of equal length that begin at round moments. */
export interface BarRange {
  readonly from: number;
  readonly to: number;
  readonly barMs: number;
  readonly bars: number;
}

/** The bars for a filter: of its time, otherwise of the last day. */
export function barRange(from: string, to: string, now: number): BarRange {
  const end = Math.min(momentOf(to, now) ?? now, now);
  const begin = Math.max(Math.min(momentOf(from, now) ?? end - DEFAULT_SPAN_MS, end - 1_000), end - 2 * YEAR_MS);
  const barMs = BAR_MS.find((length) => (end - begin) / length <= MAX_BARS) ?? 14 * DAY_MS;
  const first = Math.floor(begin / barMs) * barMs;
  const bars = Math.max(1, Math.ceil((end - first) / barMs));
  return { from: first, to: first + bars * barMs, barMs, bars };
}
