import { describe, expect, it } from 'vitest';
import { failureWith, textOutput } from '../../../test/support/engine/runs.ts';
import type { EventPayloads, NewEvent } from '../../core/event.ts';
import type { StepState } from '../../core/states.ts';
import { coalesceMoves } from './coalesce-moves.ts';

const time = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const iso = (second: number) => time(second).toISOString();
type StepMove = Partial<EventPayloads['STEP_STATE_CHANGED']>;

function move(second: number, from: StepState, to: StepState, more: StepMove = {}, step = 'a'): NewEvent {
  return { type: 'STEP_STATE_CHANGED', at: time(second), step, payload: { from, to, attempt: 0, ...more } };
}
function runMove(
  second: number,
  from: 'PENDING' | 'RUNNING' | 'WAITING' | 'FAILED',
  to: typeof from,
  more = {},
): NewEvent {
  return { type: 'RUN_STATE_CHANGED', at: time(second), payload: { from, to, ...more } };
}
const log: NewEvent = { type: 'LOG', at: time(1), step: 'a', payload: { level: 'INFO', text: 'hello' } };

describe('consecutive moves', () => {
  it('are recorded as one, with all their values and times', () => {
    const events = [
      move(1, 'PENDING', 'SCHEDULED', { input: { n: 1 }, childId: 'run_2' }),
      move(2, 'SCHEDULED', 'RUNNING', { attempt: 1 }),
      move(3, 'RUNNING', 'SUCCEEDED', { attempt: 1, output: textOutput('x') }),
    ];
    expect(coalesceMoves(events)).toEqual([
      move(3, 'PENDING', 'SUCCEEDED', {
        attempt: 1,
        output: textOutput('x'),
        input: { n: 1 },
        childId: 'run_2',
        scheduledAt: iso(1),
        startedAt: iso(2),
      }),
    ]);
  });

  it('give the same result in two passes as in one', () => {
    const [first, second, third] = [
      move(1, 'PENDING', 'SCHEDULED', { input: 1 }),
      move(2, 'SCHEDULED', 'DISPATCHED', { attempt: 1 }),
      move(3, 'DISPATCHED', 'FAILED', { attempt: 1, error: failureWith('TIMEOUT') }),
    ] as const;
    expect(coalesceMoves([...coalesceMoves([first, second]), third])).toEqual(coalesceMoves([first, second, third]));
  });

  it('of the run are merged too, and start when the first one did', () => {
    const merged = coalesceMoves([runMove(1, 'PENDING', 'RUNNING'), runMove(4, 'RUNNING', 'WAITING')]);
    expect(merged).toEqual([runMove(4, 'PENDING', 'WAITING', { startedAt: iso(1) })]);
  });

  it('of different steps are separate, and events between them stay in place', () => {
    const other = move(2, 'PENDING', 'SCHEDULED', {}, 'b');
    const events = [move(1, 'PENDING', 'SCHEDULED'), other, log, move(3, 'SCHEDULED', 'RUNNING', { attempt: 1 })];
    expect(coalesceMoves(events)).toEqual([
      other,
      log,
      move(3, 'PENDING', 'RUNNING', { attempt: 1, scheduledAt: iso(1) }),
    ]);
  });
});

describe('a separate event remains', () => {
  it.each<[string, NewEvent, NewEvent]>([
    ['a wait', move(1, 'PENDING', 'WAITING', { wakeAt: iso(9) }), move(2, 'WAITING', 'SCHEDULED')],
    [
      'a failed attempt',
      move(1, 'RUNNING', 'FAILED_RETRYABLE', { error: failureWith('TIMEOUT') }),
      move(2, 'FAILED_RETRYABLE', 'SCHEDULED'),
    ],
    ['the end before a step was opened again', move(1, 'RUNNING', 'SUCCEEDED'), move(2, 'SUCCEEDED', 'PENDING')],
    ['the reopening of a step', move(1, 'SUCCEEDED', 'PENDING'), move(2, 'PENDING', 'RUNNING')],
    [
      'the cancellation of a run',
      runMove(1, 'WAITING', 'RUNNING', { error: failureWith('CANCELLED') }),
      runMove(2, 'RUNNING', 'FAILED'),
    ],
    ['the reopening of a run', runMove(1, 'FAILED', 'RUNNING'), runMove(2, 'RUNNING', 'WAITING')],
  ])('%s', (_, first, second) => {
    expect(coalesceMoves([first, second])).toEqual([first, second]);
  });

  it('when it is the only one', () => {
    expect(coalesceMoves([log])).toEqual([log]);
    expect(coalesceMoves([])).toEqual([]);
  });
});
