import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { clockText, countText, dayClockText, momentText, relativeText } from './time-text.ts';

const formerZone = process.env.TZ;
afterAll(() => {
  if (formerZone === undefined) delete process.env.TZ;
  else process.env.TZ = formerZone;
});

/** Between which no zone had seconds in its offset. */
const moment = fc.date({
  min: new Date('1980-01-01T00:00:00Z'),
  max: new Date('2100-01-01T00:00:00Z'),
  noInvalidDate: true,
});
const DAY = { month: 'short', day: 'numeric' } as const;
const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
const EXACT = { year: 'numeric', fractionalSecondDigits: 3, timeZoneName: 'shortOffset' } as const;

describe('a moment', () => {
  it.each(['Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'UTC'])('is written as Intl does in %s', (zone) => {
    process.env.TZ = zone;
    const intl = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en', { timeZone: zone, ...options });
    const exact = intl({ ...DAY, ...CLOCK, ...EXACT });
    const clock = intl(CLOCK);
    const day = intl({ ...DAY, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    fc.assert(
      fc.property(moment, (date) => {
        expect(momentText(date.toISOString(), 'local')).toBe(exact.format(date));
        expect(clockText(date.getTime(), 'local')).toBe(clock.format(date));
        expect(dayClockText(date.getTime(), 'local')).toBe(day.format(date));
      }),
    );
  });

  it('is written in UTC for who prefers that', () => {
    process.env.TZ = 'Asia/Kathmandu';
    expect(momentText('2026-11-30T12:04:31.120Z', 'utc')).toBe('Nov 30, 2026, 12:04:31.120 UTC');
    expect(clockText('2026-11-30T12:04:31.120Z', 'utc', true)).toBe('12:04:31.120');
  });

  it('is said relative to now while it is near', () => {
    const now = Date.parse('2026-11-30T12:00:00Z');
    const said = (at: string) => relativeText(at, now, 'utc');
    expect(said('2026-11-30T11:59:55Z')).toBe('now');
    expect(said('2026-11-30T11:59:19Z')).toBe('41s ago');
    expect(said('2026-11-30T12:05:00Z')).toBe('in 5m');
    expect(said('2026-11-30T04:00:00Z')).toBe('04:00');
    expect(said('2026-11-03T04:00:00Z')).toBe('Nov 3');
    expect(said('2025-11-03T04:00:00Z')).toBe('Nov 3, 2025');
  });
});

it('a count has a comma before every three digits', () => {
  fc.assert(fc.property(fc.nat(), (count) => void expect(countText(count)).toBe(count.toLocaleString('en'))));
});
