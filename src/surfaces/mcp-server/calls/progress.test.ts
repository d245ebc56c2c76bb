import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event, NewEvent } from '../../../core/event.ts';
import { STEP_STATES } from '../../../core/states.ts';
import { createProgressReporter, type Progress } from './progress.ts';

const KEYS = ['a', 'b', 'c'];

/** What is told of these events, which are as in a journal, but for what nobody looks at. */
function told(events: readonly Pick<NewEvent, 'type' | 'step' | 'payload'>[]): Progress[] {
  const reports: Progress[] = [];
  const tell = createProgressReporter((progress) => reports.push(progress));
  for (const event of events) tell(event as Event);
  return reports;
}

const created = { type: 'RUN_CREATED', payload: { steps: KEYS.map((key) => ({ key })) } } as never;
const moved = (step: string, to: string) => ({ type: 'STEP_STATE_CHANGED', step, payload: { to } }) as never;
const percent = (step: string, of: number, memo?: string) =>
  ({ type: 'STEP_PROGRESS', step, payload: { percent: of, ...(memo && { memo }) } }) as never;

describe('progress', () => {
  it('counts steps, and the completed part of a running one', () => {
    const reports = told([created, moved('a', 'RUNNING'), percent('a', 50, 'half'), moved('a', 'SUCCEEDED')]);
    expect(reports).toEqual([
      { progress: 0, total: 3 },
      { progress: 0.5, total: 3, message: 'half' },
      { progress: 1, total: 3, message: 'a: SUCCEEDED' },
    ]);
  });

  it('says with the next rise what was said meanwhile', () => {
    const notice = { type: 'NOTIFICATION', payload: { level: 'INFO', message: 'look' } } as never;
    expect(told([created, percent('a', 10), notice, percent('a', 5), percent('a', 20)]).at(-1)).toEqual({
      ...{ progress: 0.2, total: 3, message: 'look' },
    });
  });

  it('only ever rises, in steps of a hundredth at least, and not beyond its total', () => {
    const step = fc.constantFrom(...KEYS);
    const event = fc.oneof(
      fc.tuple(step, fc.constantFrom(...STEP_STATES)).map(([key, to]) => moved(key, to)),
      fc.tuple(step, fc.double({ min: -50, max: 150, noNaN: true })).map(([key, of]) => percent(key, of)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const reports = told([created, ...events]).map(({ progress }) => progress);
        for (const [i, progress] of reports.entries()) {
          expect(progress).toBeLessThanOrEqual(KEYS.length);
          if (i > 0) expect(progress - (reports[i - 1] ?? 0)).toBeGreaterThan(0.0099);
        }
      }),
    );
  });
});
