import { Fault } from '../../core/errors.ts';

/** How often an action is allowed. */
export interface RateLimit {
  readonly count: number;
  readonly periodMs: number;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Reads the obligation of a `throttle` rule: `rate=10/m`, with the unit s, m or h.
 * @throws Fault BAD_INPUT
 */
export function parseRateLimit(obligation: string): RateLimit {
  const [, count = '', unit = ''] = /^rate=([1-9][0-9]{0,6})\/([smh])$/.exec(obligation) ?? [];
  const perMs = UNITS[unit];
  if (perMs === undefined) {
    throw new Fault('BAD_INPUT', `"${obligation}" is not a rate: write rate=10/m for ten a minute (s, m or h).`);
  }
  return { count: Number(count), periodMs: perMs };
}

/** Negative when `a` allows less: fewer per time, or as many in smaller bursts. */
export function compareRateLimits(a: RateLimit, b: RateLimit): number {
  return a.count * b.periodMs - b.count * a.periodMs || a.count - b.count;
}
