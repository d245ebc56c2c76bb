import { describe, expect, it } from 'vitest';
import { nextTime } from './schedule-times.ts';

/** The next times of a rule, one after the other. */
function timesFrom(cron: string, from: string, count: number, timeZone = 'Europe/Warsaw'): readonly string[] {
  const times: string[] = [];
  for (let at = new Date(from); times.length < count; ) {
    at = nextTime({ cron, timeZone, overlap: 'allow', catchUp: 'all' }, at);
    times.push(at.toISOString());
  }
  return times;
}

describe('on the days when clocks change', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['0 2,14 * * *', 'Europe/Warsaw', '2027-03-27T13:30', ['03-28T01:00', '03-28T12:00', '03-29T00:00']],
    ['0 2,14 * * *', 'Europe/Warsaw', '2027-10-30T12:30', ['10-31T00:00', '10-31T13:00', '11-01T01:00']],
    ['0 2-14/12 * * *', 'Europe/Warsaw', '2027-03-27T13:30', ['03-28T01:00', '03-28T12:00', '03-29T00:00']],
    ['0 1-3 * * *', 'Europe/Warsaw', '2027-03-27T13:30', ['03-28T00:00', '03-28T01:00', '03-28T23:00']],
    ['0,30 2 * * *', 'Europe/Warsaw', '2027-10-30T12:30', ['10-31T00:00', '10-31T00:30', '11-01T01:00']],
    ['0 30 1,2,3 * * *', 'America/New_York', '2027-11-06T20:00', ['11-07T05:30', '11-07T07:30', '11-07T08:30']],
    ['0 0,12 * * *', 'America/Santiago', '2027-09-04T17:00', ['09-05T04:00', '09-05T15:00', '09-06T03:00']],
    ['15,45 1,2 * * *', 'Australia/Lord_Howe', '2027-04-03T03:00', ['04-03T14:15', '04-03T14:45', '04-03T15:45']],
  ])('%s in %s after %s is due once a day at each time that it names', (cron, timeZone, from, expected) => {
    const times = timesFrom(cron, `${from}:00Z`, expected.length, timeZone);
    expect(times.map((time) => time.slice(5, 16))).toEqual(expected);
  });

  it.each([
    ['*/30 * * * *', 1_800_000],
    ['0 * * * *', 3_600_000],
    ['*/20 */1 * * *', 1_200_000],
  ])('%s follows elapsed time', (cron, periodMs) => {
    for (const from of ['2027-03-27T22:59:00Z', '2027-10-30T21:59:00Z']) {
      const times = timesFrom(cron, from, 20).map((time) => Date.parse(time));
      expect(times.slice(1).map((time, i) => time - (times[i] ?? 0))).toEqual(Array(19).fill(periodMs));
    }
  });
});

describe('in Warsaw', () => {
  it('a time that does not exist on the last Sunday of March is due when the clocks have changed', () => {
    expect(timesFrom('30 2 * * *', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('a time that occurs twice on the last Sunday of October is used once', () => {
    expect(timesFrom('30 2 * * *', '2026-10-24T00:00:00Z', 3)).toEqual([
      '2026-10-24T00:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  it('a schedule of every half hour applies to each half hour of the day with 25 hours', () => {
    const times = timesFrom('*/30 * * * *', '2026-10-24T21:59:00Z', 50).map((time) => Date.parse(time));
    expect(times.slice(1).map((time, i) => time - (times[i] ?? 0))).toEqual(Array(49).fill(1_800_000));
  });
});

it('rejects a schedule that is invalid or never due', () => {
  const next = (cron: string) => () =>
    nextTime({ cron, timeZone: 'UTC', overlap: 'skip', catchUp: 'one' }, new Date('2026-01-01'));
  expect(next('61 * * * *')).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  expect(next('0 0 31 2 *')).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
});
