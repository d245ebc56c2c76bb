import { describe, expect, it } from 'vitest';
import { createManualRun } from '../../../test/support/engine/manual-run.ts';
import { failureWith, plannedStep } from '../../../test/support/engine/runs.ts';

const CALL = 'call_1';
const REQUEST = { id: 'call_a', tool: 'repo.git.push', arguments: { remote: 'origin' } };

/** An external step that calls a tool which needs an approval. */
function paused(more: Parameters<typeof plannedStep>[1] = {}) {
  const run = createManualRun([plannedStep('a', { kind: 'AGENT', effect: 'external', ...more })]);
  run.start();
  run.begin('a');
  run.send({ type: 'paused', step: 'a', attempt: 1, call: CALL, request: REQUEST, reason: 'may I push?' });
  return run;
}

describe('a step that pauses for a tool call', () => {
  it('waits for the decision, and its run waits too', () => {
    const run = paused();
    expect([run.state, run.states.a, run.asked]).toEqual(['WAITING', 'WAITING', []]);
    expect([...run.aggregate.approvals.values()]).toMatchObject([{ step: 'a', call: CALL, reason: 'may I push?' }]);
  });

  it.each([true, false])('continues with the same attempt when the decision is %s', (approve) => {
    const run = paused();
    run.decide(approve);
    expect([run.states.a, run.asked]).toEqual(['SCHEDULED', ['queue a']]);
    run.begun('a');
    expect([run.step('a')?.attempt, run.asked]).toEqual([1, ['act a']]);
    run.succeed('a');
    expect(run.state).toBe('SUCCEEDED');
  });

  it('has neither its next attempt nor itself approved by that decision', () => {
    const run = paused({ maxAttempts: 2, terms: { retry: { backoffMs: 1, maxBackoffMs: 1 } } });
    run.decide(true);
    run.begun('a');
    expect(run.aggregate.bookkeeping.get('a')?.approved).toBe(false);
    run.fail('a', failureWith('UNAVAILABLE', true));
    run.wait(1);
    run.woke('a');
    run.begin('a');
    expect(run.step('a')?.attempt).toBe(2);
  });

  it('still waits after a crash, and then continues', () => {
    const run = paused();
    run.crash();
    expect([run.state, run.asked]).toEqual(['WAITING', []]);
    run.decide(true);
    run.crash();
    expect(run.asked).toEqual(['queue a']);
    run.begun('a');
    expect(run.step('a')?.attempt).toBe(1);
  });

  it('is marked to have a replay log until a new attempt begins', () => {
    const run = paused({ maxAttempts: 2, terms: { retry: { backoffMs: 1, maxBackoffMs: 1 } } });
    run.crash();
    expect(run.aggregate.bookkeeping.get('a')?.hasReplayLog).toBe(true);
    run.decide(true);
    run.begun('a');
    expect(run.aggregate.bookkeeping.get('a')?.hasReplayLog).toBe(true);
    run.fail('a', failureWith('UNAVAILABLE', true));
    run.wait(1);
    run.woke('a');
    run.begin('a');
    expect(run.aggregate.bookkeeping.get('a')?.hasReplayLog).toBe(false);
  });

  it('no longer waits when its run is cancelled', () => {
    const run = paused();
    run.cancel();
    expect([run.state, run.aggregate.approvals.size]).toEqual(['CANCELLED', 0]);
    expect(run.events.find(({ type }) => type === 'APPROVAL_DECIDED')?.payload).toMatchObject({ state: 'EXPIRED' });
  });

  it('pauses once for each request, and not after its end', () => {
    const run = paused();
    const again = {
      type: 'paused',
      step: 'a',
      attempt: 1,
      call: 'call_2',
      request: REQUEST,
      reason: 'again?',
    } as const;
    expect(run.send(again).events).toEqual([]);
    run.decide(true);
    run.begun('a');
    run.send(again);
    expect([...run.aggregate.approvals.values()].map(({ call }) => call)).toEqual(['call_2']);
  });
});
