import { describe, expect, it } from 'vitest';
import { addMove, NO_SEGMENTS, type Segment, type StepMove } from './step-times.ts';

const time = (ms: number) => new Date(ms).toISOString();
const move = (
  at: number,
  to: StepMove['to'],
  attempt: number,
  more: { readonly scheduledAt?: number; readonly startedAt?: number } = {},
): StepMove => ({
  at: time(at),
  to,
  attempt,
  scheduledAt: more.scheduledAt === undefined ? null : time(more.scheduledAt),
  startedAt: more.startedAt === undefined ? null : time(more.startedAt),
});
const after = (...moves: StepMove[]) =>
  moves
    .reduce<readonly Segment[]>(addMove, NO_SEGMENTS)
    .map(({ from, to, waits, attempt, state }) => `${waits ? 'waits' : `attempt ${attempt}`} ${from}-${to} ${state}`);

describe('the segments of a step', () => {
  it('are its attempts with their ends, and the waits between them', () => {
    expect(
      after(
        move(10, 'RUNNING', 1, { scheduledAt: 5 }),
        move(30, 'FAILED_RETRYABLE', 1),
        move(90, 'RUNNING', 2, { scheduledAt: 80 }),
        move(95, 'SUCCEEDED', 2),
      ),
    ).toEqual([
      'waits 5-10 SCHEDULED',
      'attempt 1 10-30 FAILED_RETRYABLE',
      'waits 30-80 FAILED_RETRYABLE',
      'waits 80-90 SCHEDULED',
      'attempt 2 90-95 SUCCEEDED',
    ]);
  });

  it('have the attempts of moves that were recorded as one', () => {
    expect(after(move(9, 'SUCCEEDED', 1, { scheduledAt: 2, startedAt: 4 }))).toEqual([
      'waits 2-4 SCHEDULED',
      'attempt 1 4-9 SUCCEEDED',
    ]);
    expect(after(move(9, 'FAILED_RETRYABLE', 1, { scheduledAt: 4, startedAt: 4 }))).toEqual([
      'attempt 1 4-9 FAILED_RETRYABLE',
      'waits 9-undefined FAILED_RETRYABLE',
    ]);
  });

  it('end a wait for a person as that ended', () => {
    expect(after(move(3, 'WAITING', 1, { startedAt: 3 }))).toEqual(['waits 3-undefined WAITING']);
    expect(after(move(3, 'WAITING', 1, { startedAt: 3 }), move(60, 'SUCCEEDED', 1))).toEqual(['waits 3-60 SUCCEEDED']);
  });

  it('have one attempt for what was sent to a worker and ran there, also around a wait', () => {
    expect(
      after(
        move(1, 'DISPATCHED', 1),
        move(2, 'RUNNING', 1),
        move(5, 'WAITING', 1),
        move(8, 'RUNNING', 1),
        move(9, 'CANCELLED', 1),
      ),
    ).toEqual(['attempt 1 1-5 WAITING', 'waits 5-8 WAITING', 'attempt 1 8-9 CANCELLED']);
  });

  it('continue after a retry of the step', () => {
    const failed = [move(1, 'RUNNING', 1), move(2, 'FAILED', 1)];
    expect(after(...failed, move(50, 'PENDING', 1), move(51, 'RUNNING', 2), move(53, 'SUCCEEDED', 2))).toEqual([
      'attempt 1 1-2 FAILED',
      'attempt 2 51-53 SUCCEEDED',
    ]);
  });

  it('show where a step was denied, and nothing for one that did not run', () => {
    expect(after(move(7, 'DENIED', 0))).toEqual(['attempt 0 7-7 DENIED']);
    expect(after(move(7, 'SKIPPED', 0))).toEqual([]);
  });
});
