import { describe, expect, it } from 'vitest';
import { moved, scaled, spanOf, ticksOf, wholeSpan, within } from './span.ts';

const at = (text: string) => Date.parse(`2026-11-30T12:${text}Z`);
const WHOLE = { from: at('00:00'), to: at('10:00') };

describe('the span of a timeline', () => {
  it('ends with the run, and while that lasts at the next round moment', () => {
    expect(wholeSpan(at('00:00.010'), at('00:07.300'), false).to).toBe(at('00:07.300'));
    expect(wholeSpan(at('00:00.010'), at('00:07.300'), true).to).toBe(at('00:08'));
  });

  it('has at most five ticks at round moments, however long it is', () => {
    for (const length of [4, 37, 999, 5_226, 61_000, 3_600_000, 40 * 86_400_000]) {
      const ticks = ticksOf({ from: at('00:01.003'), to: at('00:01.003') + length }, 'utc');
      expect(ticks.length).toBeGreaterThanOrEqual(1);
      expect(ticks.length).toBeLessThanOrEqual(5);
    }
    expect(ticksOf({ from: at('00:01.003'), to: at('00:06') }, 'utc').map(({ text }) => text)).toEqual([
      '12:00:02',
      '12:00:04',
    ]);
    expect(ticksOf({ from: at('00:01.003'), to: at('00:01.043') }, 'utc')[0]?.text).toBe('12:00:01.010');
  });

  it('stays in the run when it is moved, and is the whole run when it is widened', () => {
    const span = { from: at('08:00'), to: at('09:00') };
    expect(within(moved(span, 5), WHOLE)).toEqual({ from: at('09:00'), to: at('10:00') });
    expect(within(scaled(span, 0.5), WHOLE)).toEqual({ from: at('08:15'), to: at('08:45') });
    expect(within(scaled(span, 20), WHOLE)).toBeUndefined();
  });

  it('is read from a URL, and other text is the whole run', () => {
    const iso = (ms: number) => new Date(ms).toISOString();
    expect(spanOf(iso(at('02:00')), iso(at('03:00')), WHOLE)).toEqual({ from: at('02:00'), to: at('03:00') });
    for (const [from, to] of [
      ['', ''],
      ['soon', 'later'],
      [iso(at('03:00')), iso(at('02:00'))],
    ]) {
      expect(spanOf(from as string, to as string, WHOLE)).toBeUndefined();
    }
  });
});
