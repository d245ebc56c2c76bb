import type { Settings } from '../../../api/settings.ts';
import { clockText, dayClockText } from '../../../ui/time-text.ts';

/** A range of time in milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Times that may lie between two ticks. */
const STEPS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28, 56, 112].map((days) => days * DAY),
];
/** That a phone has room for. */
const MAX_TICKS = 4;
/** The shortest span: less cannot be told apart. */
const MIN_SPAN_MS = 4;

function tickStep({ from, to }: Span): number {
  const least = (to - from) / MAX_TICKS;
  return STEPS_MS.find((step) => step >= least) ?? (STEPS_MS.at(-1) as number);
}

/** From the beginning of a run to its end; while it lasts, to the next tick, so that not every row moves each second. */
export function wholeSpan(begin: number, end: number, lasts: boolean): Span {
  const span = { from: begin, to: Math.max(end, begin + MIN_SPAN_MS) };
  const step = tickStep(span);
  return lasts ? { from: begin, to: Math.ceil(span.to / step) * step } : span;
}

/** Round moments in the span, with their texts. */
export function ticksOf(span: Span, zone: Settings['zone']): readonly { readonly at: number; readonly text: string }[] {
  const step = tickStep(span);
  const ticks = [];
  for (let at = Math.ceil(span.from / step) * step; at < span.to; at += step) {
    ticks.push({ at, text: step >= HOUR ? dayClockText(at, zone) : clockText(at, zone, step < SECOND) });
  }
  return ticks;
}

/** The span that a URL names, in the limits of the run. Undefined for the whole run, and for other text. */
export function spanOf(from: string, to: string, whole: Span): Span | undefined {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  if (!(first < last)) return undefined;
  return within({ from: first, to: last }, whole);
}

/** The span, moved and shortened into the limits. Undefined when it has all of them. */
export function within({ from, to }: Span, whole: Span): Span | undefined {
  const length = Math.max(MIN_SPAN_MS, Math.round(to - from));
  if (length >= whole.to - whole.from) return undefined;
  const begin = Math.round(Math.min(Math.max(from, whole.from), whole.to - length));
  return { from: begin, to: begin + length };
}

/** The span around the same middle, so many times as long. */
export function scaled({ from, to }: Span, factor: number): Span {
  const middle = (from + to) / 2;
  const half = ((to - from) / 2) * factor;
  return { from: middle - half, to: middle + half };
}

/** The span later by a part of its length; earlier for less than 0. */
export function moved({ from, to }: Span, part: number): Span {
  const by = (to - from) * part;
  return { from: from + by, to: to + by };
}

/** Where a moment is in the span, in percent. */
export const percentOf = ({ from, to }: Span, at: number) => (100 * (at - from)) / (to - from);
