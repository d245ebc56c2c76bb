import { describe, expect, it } from 'vitest';
import { createManualRun } from '../../../test/support/engine/manual-run.ts';
import { failureWith, plannedStep } from '../../../test/support/engine/runs.ts';

const undo = { kind: 'COMMAND', capability: 'undo', effect: 'external', input: {}, maxAttempts: 1 } as const;
const bookings = () =>
  createManualRun([
    plannedStep('a', { terms: { compensate: undo } }),
    plannedStep('b', {
      terms: { compensate: { ...undo, maxAttempts: 2, terms: { retry: { backoffMs: 9, maxBackoffMs: 9 } } } },
    }),
    plannedStep('plain'),
    plannedStep('c', { terms: { compensate: undo } }),
  ]);
/** b, then a, then plain have succeeded; c is running. */
const underWay = () => {
  const run = bookings();
  run.start();
  run.do('b', 'a', 'plain');
  run.begin('c');
  return run;
};

describe('a run that fails', () => {
  it('undoes the steps that succeeded, one by one and the last one first, and ends like the step that failed', () => {
    const run = underWay();
    run.fail('c', failureWith('TIMEOUT'));
    expect(run.asked).toEqual(['prepare undo:a']);
    expect(run.step('undo:a')).toMatchObject({
      role: 'compensation',
      parent: 'a',
      capability: 'undo',
      effect: 'external',
    });
    run.begin('undo:a');
    expect([run.state, run.asked]).toEqual(['RUNNING', ['act undo:a']]);
    run.succeed('undo:a');
    expect(run.asked).toEqual(['prepare undo:b']);
    run.do('undo:b');
    expect(run.aggregate.record).toMatchObject({ state: 'TIMEOUT', error: { step: 'c' } });
    expect(Object.keys(run.states)).not.toContain('undo:plain');
    expect(run.states.c).toBe('TIMEOUT');
  });

  it('first waits for running steps, and undoes those that still succeed', () => {
    const run = bookings();
    run.start();
    run.begin('a');
    run.begin('c');
    run.fail('c', failureWith('BAD_INPUT'));
    expect(run.asked).toEqual([]);
    run.succeed('a');
    expect(run.asked).toEqual(['prepare undo:a']);
  });

  it('continues with the next step when one cannot be undone', () => {
    const run = underWay();
    run.fail('c', failureWith('BAD_INPUT'));
    run.begin('undo:a');
    run.fail('undo:a', failureWith('UNAVAILABLE', true));
    expect([run.states['undo:a'], run.asked]).toEqual(['FAILED', ['prepare undo:b']]);
    run.begin('undo:b');
    run.fail('undo:b', failureWith('UNAVAILABLE', true));
    expect(run.states['undo:b']).toBe('FAILED_RETRYABLE');
    run.wait(9);
    run.woke('undo:b');
    run.do('undo:b');
    expect(run.aggregate.record).toMatchObject({ state: 'FAILED', error: { step: 'c' } });
  });

  it('continues to undo after a crash, and repeats no compensation that acts on the outside world', () => {
    const run = underWay();
    run.fail('c', failureWith('BAD_INPUT'));
    run.begin('undo:a');
    run.crash();
    expect([run.states['undo:a'], run.asked]).toEqual(['FAILED', ['prepare undo:b']]);
    run.do('undo:b');
    expect(run.state).toBe('FAILED');
  });

  it('cannot be retried after it was undone', () => {
    const run = underWay();
    run.fail('c', failureWith('BAD_INPUT'));
    run.do('undo:a', 'undo:b');
    expect(run.retry('c').events).toEqual([]);
  });
});

describe('a run that is cancelled', () => {
  it('aborts running steps and ends, with the person and the reason', () => {
    const run = underWay();
    run.send({ type: 'cancelled', by: run.aggregate.record.principal, reason: 'bored', compensate: false });
    expect(run.asked).toEqual(['abort c']);
    expect(run.states).toMatchObject({ a: 'SUCCEEDED', c: 'CANCELLED' });
    expect(run.aggregate.record).toMatchObject({
      state: 'CANCELLED',
      error: { code: 'CANCELLED', message: 'ann cancelled it: bored' },
    });
  });

  it('ends steps that wait, and closes their approvals', () => {
    const run = createManualRun([
      plannedStep('a', { kind: 'APPROVAL' }),
      plannedStep('b', { dependsOn: ['a'] }),
      plannedStep('e', { terms: { forEach: [1] } }),
    ]);
    run.start();
    run.prepared('a', { type: 'ask', reason: 'may I?' });
    run.prepared('e', { type: 'items', items: [1] });
    run.cancel();
    expect(run.states).toEqual({ a: 'CANCELLED', b: 'CANCELLED', e: 'CANCELLED', 'e[0]': 'CANCELLED' });
    expect([run.state, run.aggregate.approvals.size]).toEqual(['CANCELLED', 0]);
    expect(run.prepared('e[0]').events).toEqual([]);
  });

  it('is undone on request, and then is CANCELLED', () => {
    const run = underWay();
    run.cancel(true);
    expect(run.asked).toEqual(['abort c', 'prepare undo:a']);
    run.do('undo:a', 'undo:b');
    expect([run.state, run.states['undo:b']]).toEqual(['CANCELLED', 'SUCCEEDED']);
  });

  it('is undone once, however often it is cancelled', () => {
    const run = underWay();
    run.cancel(true);
    run.begin('undo:a');
    run.cancel(true);
    run.succeed('undo:a');
    run.do('undo:b');
    expect(run.state).toBe('CANCELLED');
    expect(run.events.filter(({ type }) => type === 'STEPS_ADDED')).toHaveLength(1);
  });

  it('is undone completely if its compensations had begun because it failed', () => {
    const run = underWay();
    run.fail('c', failureWith('BAD_INPUT'));
    run.cancel(true);
    run.do('undo:a', 'undo:b');
    expect([run.state, run.states['undo:a'], run.states['undo:b']]).toEqual(['CANCELLED', 'SUCCEEDED', 'SUCCEEDED']);
  });

  it('waits for a compensation that is being prepared', () => {
    const run = underWay();
    run.fail('c', failureWith('BAD_INPUT'));
    run.prepared('undo:a', { type: 'throttled', until: run.after(10) });
    run.wait(10);
    run.woke('undo:a');
    run.cancel();
    run.do('undo:a', 'undo:b');
    expect([run.state, run.states['undo:a']]).toEqual(['CANCELLED', 'SUCCEEDED']);
  });

  it('is not cancelled again after its end', () => {
    const run = underWay();
    run.cancel();
    expect(run.cancel(true)).toMatchObject({ events: [], effects: [] });
  });
});
