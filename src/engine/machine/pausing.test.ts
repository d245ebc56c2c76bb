import { describe, expect, it } from 'vitest';
import { createManualRun } from '../../../test/support/engine/manual-run.ts';
import { failureWith, plannedStep } from '../../../test/support/engine/runs.ts';

const CALL = 'call_1';

/** A step that acts on the world, and wants to call a tool that a person has to approve. */
function paused(more: Parameters<typeof plannedStep>[1] = {}) {
  const run = createManualRun([plannedStep('a', { kind: 'AGENT', effect: 'external', ...more })]);
  run.start();
  run.begin('a');
  run.tell({ type: 'paused', step: 'a', attempt: 1, call: CALL, reason: 'may I push?' });
  return run;
}

describe('a step that pauses for a tool call', () => {
  it('waits, and its run with it, until a person says something', () => {
    const run = paused();
    expect([run.state, run.states.a, run.asked]).toEqual(['WAITING', 'WAITING', []]);
    expect([...run.live.approvals.values()]).toMatchObject([{ step: 'a', call: CALL, reason: 'may I push?' }]);
  });

  it.each([true, false])('goes on with the same attempt when the answer is %s', (approve) => {
    const run = paused();
    run.decide(approve);
    expect([run.states.a, run.asked]).toEqual(['SCHEDULED', ['queue a']]);
    run.begun('a');
    expect([run.step('a')?.attempt, run.asked]).toEqual([1, ['act a']]);
    run.succeed('a');
    expect(run.state).toBe('SUCCEEDED');
  });

  it('does not have the next attempt, or the step itself, approved by that', () => {
    const run = paused({ maxAttempts: 2, terms: { retry: { backoffMs: 1, maxBackoffMs: 1 } } });
    run.decide(true);
    run.begun('a');
    expect(run.live.bookkeeping.get('a')?.approved).toBe(false);
    run.fail('a', failureWith('UNAVAILABLE', true));
    run.wait(1);
    run.woke('a');
    run.begin('a');
    expect(run.step('a')?.attempt).toBe(2);
  });

  it('is found waiting after a crash, and goes on then', () => {
    const run = paused();
    run.crash();
    expect([run.state, run.asked]).toEqual(['WAITING', []]);
    run.decide(true);
    run.crash();
    expect(run.asked).toEqual(['queue a']);
    run.begun('a');
    expect(run.step('a')?.attempt).toBe(1);
  });

  it('tells whoever does it again that there is something in the journal, until a new attempt begins', () => {
    const run = paused({ maxAttempts: 2, terms: { retry: { backoffMs: 1, maxBackoffMs: 1 } } });
    run.crash();
    expect(run.live.bookkeeping.get('a')?.hasReplayLog).toBe(true);
    run.decide(true);
    run.begun('a');
    expect(run.live.bookkeeping.get('a')?.hasReplayLog).toBe(true);
    run.fail('a', failureWith('UNAVAILABLE', true));
    run.wait(1);
    run.woke('a');
    run.begin('a');
    expect(run.live.bookkeeping.get('a')?.hasReplayLog).toBe(false);
  });

  it('does not wait any more when its run is cancelled', () => {
    const run = paused();
    run.cancel();
    expect([run.state, run.live.approvals.size]).toEqual(['CANCELLED', 0]);
    expect(run.events.find(({ type }) => type === 'APPROVAL_DECIDED')?.payload).toMatchObject({ state: 'EXPIRED' });
  });

  it('pauses once for each thing that it asks, and not when it has ended meanwhile', () => {
    const run = paused();
    const again = { type: 'paused', step: 'a', attempt: 1, call: 'call_2', reason: 'again?' } as const;
    expect(run.tell(again).events).toEqual([]);
    run.decide(true);
    run.begun('a');
    run.tell(again);
    expect([...run.live.approvals.values()].map(({ call }) => call)).toEqual(['call_2']);
  });
});
