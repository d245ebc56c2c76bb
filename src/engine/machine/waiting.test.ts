import { describe, expect, it } from 'vitest';
import { createManualRun } from '../../../test/support/engine/manual-run.ts';
import { failureWith, plannedStep } from '../../../test/support/engine/runs.ts';

const waits = (
  kind: 'APPROVAL' | 'SLEEP' | 'SIGNAL' | 'COMMAND',
  ...more: readonly ReturnType<typeof plannedStep>[]
) => {
  const input = kind === 'SIGNAL' ? { name: 'go' } : {};
  const run = createManualRun([plannedStep('a', { kind, input }), ...more]);
  run.start();
  return run;
};

describe('an approval', () => {
  it.each([
    [true, 'SUCCEEDED', 'SUCCEEDED'],
    [false, 'DENIED', 'DENIED'],
  ] as const)('waits for a person, who says %s', (approve, ofStep, ofRun) => {
    const run = waits('APPROVAL');
    run.prepared('a', { type: 'ask', reason: 'may I?' });
    expect([run.state, run.states.a, run.aggregate.approvals.size]).toEqual(['WAITING', 'WAITING', 1]);
    run.decide(approve);
    expect([run.state, run.states.a]).toEqual([ofRun, ofStep]);
    expect(run.events.find(({ type }) => type === 'APPROVAL_DECIDED')?.payload).toMatchObject({
      state: approve ? 'APPROVED' : 'REJECTED',
      by: { username: 'ann' },
    });
  });

  it('expires when nobody decides in time, and accepts no later decision', () => {
    const run = waits('APPROVAL');
    run.prepared('a', { type: 'ask', reason: 'may I?', expiresAt: run.after(1_000) });
    const [id] = run.aggregate.approvals.keys();
    run.wait(999);
    expect(run.woke('a').events).toEqual([]);
    run.wait(1);
    run.woke('a');
    expect(run.aggregate.record).toMatchObject({
      state: 'TIMEOUT',
      error: { message: 'The approval expired: nobody decided in time.' },
    });
    expect(run.decide(true, id).events).toEqual([]);
  });

  it('is decided once', () => {
    const run = waits('APPROVAL', plannedStep('b'));
    run.prepared('a', { type: 'ask', reason: 'may I?' });
    const [id] = run.aggregate.approvals.keys();
    run.decide(true, id);
    expect(run.decide(false, id).events).toEqual([]);
    expect(run.states.a).toBe('SUCCEEDED');
  });

  it('that the policy requires lets the step begin', () => {
    const run = waits('COMMAND');
    run.prepared('a', { type: 'ask', reason: 'the policy says so' });
    run.decide(true);
    expect([run.states.a, run.asked]).toEqual(['SCHEDULED', ['queue a']]);
  });

  it.each(['SLEEP', 'SIGNAL'] as const)(
    'that the policy wants of a %s lets it begin to wait, also after a crash',
    (kind) => {
      const run = waits(kind);
      run.prepared('a', { type: 'ask', reason: 'the policy says so', expiresAt: run.after(5_000) });
      run.decide(true);
      expect([run.states.a, run.asked]).toEqual(['WAITING', ['prepare a']]);
      run.crash();
      expect(run.asked).toEqual(['prepare a']);
      run.prepared('a', { type: 'sleep', until: run.after(10) });
      expect(run.aggregate.bookkeeping.get('a')?.approved).toBe(true);
      run.crash();
      expect(run.asked).toEqual(['wake a']);
    },
  );
});

describe('a sleep', () => {
  it('ends at its time, and not before', () => {
    const run = waits('SLEEP');
    run.prepared('a', { type: 'sleep', until: run.after(500) });
    run.wait(499);
    run.woke('a');
    expect(run.states.a).toBe('WAITING');
    run.wait(1);
    run.woke('a');
    expect([run.state, run.states.a]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  it('until a time in the past ends at once', () => {
    const run = waits('SLEEP');
    run.prepared('a', { type: 'sleep', until: run.after(-1) });
    expect(run.state).toBe('SUCCEEDED');
  });

  it('that the policy delays sleeps after the delay', () => {
    const run = waits('SLEEP');
    run.prepared('a', { type: 'throttled', until: run.after(100) });
    run.wait(100);
    run.woke('a');
    expect([run.states.a, run.asked]).toEqual(['WAITING', ['prepare a']]);
    run.prepared('a', { type: 'sleep', until: run.after(500) });
    expect(run.states.a).toBe('WAITING');
  });
});

describe('a signal', () => {
  const awaiting = { type: 'await', name: 'go', input: { name: 'go' } } as const;

  it('ends the step that waits for it, if the names match', () => {
    const run = waits('SIGNAL');
    run.prepared('a', awaiting);
    run.signal('stop');
    expect(run.states.a).toBe('WAITING');
    run.signal('go', 'msg');
    expect(run.step('a')).toMatchObject({ state: 'SUCCEEDED', output: { text: 'msg' } });
  });

  it.each(['before the step waits', 'while the step is being prepared', 'before a crash'])(
    'that comes %s is kept',
    (when) => {
      const run = createManualRun([
        plannedStep('first'),
        plannedStep('a', { kind: 'SIGNAL', input: { name: 'go' }, dependsOn: ['first'] }),
      ]);
      run.start();
      if (when !== 'while the step is being prepared') run.signal('go', 'msg');
      run.do('first');
      if (when === 'before a crash') run.crash();
      if (when === 'while the step is being prepared') run.signal('go', 'msg');
      run.prepared('a', awaiting);
      expect(run.step('a')).toMatchObject({ state: 'SUCCEEDED', output: { text: '"msg"' } });
      expect(run.aggregate.pendingSignals).toEqual([]);
    },
  );

  it('ends only one of two steps that were prepared together', () => {
    const run = waits('SIGNAL', plannedStep('b', { kind: 'SIGNAL', input: { name: 'go' } }));
    run.signal('go');
    run.prepared('a', awaiting);
    run.prepared('b', awaiting);
    expect(run.states).toEqual({ a: 'SUCCEEDED', b: 'WAITING' });
  });

  it('that is delivered twice counts once', () => {
    const run = waits('SIGNAL', plannedStep('b', { kind: 'SIGNAL', input: { name: 'go' } }));
    run.prepared('a', awaiting);
    run.prepared('b', awaiting);
    run.signal('go', 'msg');
    expect(run.signal('go', 'msg').events).toEqual([]);
    expect(run.states).toEqual({ a: 'SUCCEEDED', b: 'WAITING' });
  });

  it('that does not arrive in time ends the step', () => {
    const run = waits('SIGNAL');
    run.prepared('a', { ...awaiting, until: run.after(100) });
    run.wait(100);
    run.woke('a');
    expect(run.aggregate.record).toMatchObject({
      state: 'TIMEOUT',
      error: { message: 'The signal go did not arrive in time.' },
    });
  });

  it.each([
    ['an approval', { type: 'ask', reason: 'the policy says so' }],
    ['its bucket to refill', { type: 'throttled', until: new Date('2026-01-01T00:01:00Z') }],
  ] as const)('does not let a step pass that waits for %s', (_, prepared) => {
    const run = waits('SIGNAL');
    run.prepared('a', prepared);
    run.signal('go');
    expect(run.states.a).toBe('WAITING');
  });
});

describe('a throttled step', () => {
  it('waits until its bucket has refilled, repeatedly if necessary', () => {
    const run = waits('COMMAND');
    for (let i = 0; i < 3; i++) {
      run.prepared('a', { type: 'throttled', until: run.after(100) });
      expect([run.state, run.states.a]).toEqual(['WAITING', 'WAITING']);
      run.wait(100);
      run.woke('a');
      expect(run.asked).toEqual(['prepare a']);
    }
    run.do('a');
    expect(run.step('a')).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
  });

  it('waits on its second attempt as well', () => {
    const run = createManualRun([
      plannedStep('a', { maxAttempts: 2, terms: { retry: { backoffMs: 10, maxBackoffMs: 10 } } }),
    ]);
    run.start();
    run.begin('a');
    run.fail('a', failureWith('UNAVAILABLE', true));
    run.wait(10);
    run.woke('a');
    run.prepared('a', { type: 'throttled', until: run.after(50) });
    run.wait(50);
    run.woke('a');
    run.do('a');
    expect(run.state).toBe('SUCCEEDED');
  });
});
