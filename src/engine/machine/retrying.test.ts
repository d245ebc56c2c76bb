import { describe, expect, it } from 'vitest';
import { createManualRun } from '../../../test/support/engine/manual-run.ts';
import { failureWith, plannedStep, START } from '../../../test/support/engine/runs.ts';

describe('a repair', () => {
  /** write → build → test, where write repairs test; `read` only depends on write. */
  const repairable = (maxRounds = 2) => {
    const run = createManualRun([
      plannedStep('write'),
      plannedStep('build', { dependsOn: ['write'] }),
      plannedStep('test', { dependsOn: ['build'], terms: { repair: { step: 'write', maxRounds } } }),
      plannedStep('read', { dependsOn: ['write'] }),
    ]);
    run.start();
    run.do('write');
    return run;
  };

  it('repeats the repairing step with the error, all steps on the path from it, and then the failed one', () => {
    const run = repairable();
    run.do('read', 'build');
    run.begin('test');
    run.fail('test', failureWith('BAD_INPUT'));
    expect(run.states).toEqual({ write: 'PENDING', build: 'PENDING', test: 'PENDING', read: 'SUCCEEDED' });
    expect(run.asked).toEqual(['prepare write']);
    expect(run.aggregate.bookkeeping.get('write')?.repair).toMatchObject({
      step: 'test',
      round: 1,
      error: { code: 'BAD_INPUT' },
    });
    run.do('write', 'build', 'test');
    expect(run.state).toBe('SUCCEEDED');
    expect(run.step('write')?.attempt).toBe(2);
  });

  it('has at most max_rounds rounds, also across a crash', () => {
    const run = repairable(2);
    run.do('read', 'build');
    for (let round = 1; round <= 2; round++) {
      run.begin('test');
      run.fail('test', failureWith('BAD_INPUT'));
      run.crash();
      run.do('write', 'build');
    }
    run.begin('test');
    run.fail('test', failureWith('BAD_INPUT'));
    expect([run.state, run.states.test, run.step('test')?.attempt]).toEqual(['FAILED', 'FAILED', 3]);
  });

  it('follows the attempts of the step', () => {
    const run = createManualRun([
      plannedStep('write'),
      plannedStep('test', {
        dependsOn: ['write'],
        maxAttempts: 2,
        terms: { retry: { backoffMs: 1, maxBackoffMs: 1 }, repair: { step: 'write', maxRounds: 1 } },
      }),
    ]);
    run.start();
    run.do('write');
    run.begin('test');
    run.fail('test', failureWith('UNAVAILABLE', true));
    expect(run.states).toMatchObject({ write: 'SUCCEEDED', test: 'FAILED_RETRYABLE' });
    run.wait(1);
    run.woke('test');
    run.begin('test');
    run.fail('test', failureWith('UNAVAILABLE', true));
    expect(run.states).toEqual({ write: 'PENDING', test: 'PENDING' });
  });

  it('starts no earlier than the service that failed asked for', () => {
    const run = createManualRun([
      plannedStep('a', { maxAttempts: 3, terms: { retry: { backoffMs: 1, maxBackoffMs: 1 } } }),
    ]);
    run.start();
    run.begin('a');
    run.fail('a', { ...failureWith('THROTTLED', true), retryAfterMs: 5_000 });
    expect(run.step('a')).toMatchObject({ state: 'FAILED_RETRYABLE', wakeAt: new Date(START.getTime() + 5_000) });
  });

  it('makes a step wait that was about to begin after a step that is repeated', () => {
    const run = repairable();
    run.do('build');
    run.begin('test');
    run.fail('test', failureWith('BAD_INPUT'));
    run.prepared('read');
    expect(run.states.read).toBe('PENDING');
    run.do('write');
    expect(run.asked).toContain('prepare read');
  });
});

describe('a step that a person retries', () => {
  const failed = () => {
    const run = createManualRun([
      plannedStep('a'),
      plannedStep('b', { dependsOn: ['a'] }),
      plannedStep('c', { dependsOn: ['b'] }),
      plannedStep('d'),
    ]);
    run.start();
    run.do('a');
    run.begin('b');
    run.begin('d');
    run.fail('d', failureWith('BAD_INPUT'));
    run.fail('b', failureWith('BAD_INPUT'));
    return run;
  };

  it('opens the run again, with all other steps that failed or were skipped', () => {
    const run = failed();
    expect(run.state).toBe('FAILED');
    run.retry('b');
    expect(run.aggregate.record).toMatchObject({ state: 'RUNNING' });
    expect(run.aggregate.record.error ?? run.aggregate.record.finishedAt).toBeUndefined();
    expect(run.states).toEqual({ a: 'SUCCEEDED', b: 'PENDING', c: 'PENDING', d: 'PENDING' });
    expect(run.asked).toEqual(['prepare b', 'prepare d']);
    run.do('b', 'c', 'd');
    expect([run.state, run.step('b')?.attempt]).toEqual(['SUCCEEDED', 2]);
  });

  it('has all attempts and rounds of the document again', () => {
    const run = createManualRun([
      plannedStep('a'),
      plannedStep('b', { dependsOn: ['a'], terms: { repair: { step: 'a', maxRounds: 1 } } }),
    ]);
    run.start();
    run.do('a');
    const failTwice = () => {
      run.begin('b');
      run.fail('b', failureWith('BAD_INPUT'));
      run.do('a');
      run.begin('b');
      run.fail('b', failureWith('BAD_INPUT'));
    };
    failTwice();
    expect(run.state).toBe('FAILED');
    run.retry('b');
    run.crash();
    failTwice();
    expect([run.state, run.step('b')?.attempt]).toEqual(['FAILED', 4]);
  });

  it.each(['a', 'nothing'])('must have failed: %s has not', (key) => {
    expect(failed().retry(key)).toMatchObject({ events: [], effects: [] });
  });
});

describe('a run that is recovered', () => {
  const crashed = (step: Parameters<typeof plannedStep>[1]) => {
    const run = createManualRun([plannedStep('a', step), plannedStep('b', { dependsOn: ['a'] })]);
    run.start();
    run.begin('a');
    run.crash();
    return run;
  };

  it('keeps what was done, and prepares again what was being prepared', () => {
    const run = createManualRun([plannedStep('a'), plannedStep('b', { dependsOn: ['a'] })]);
    run.start();
    run.do('a');
    run.crash();
    expect([run.states, run.asked]).toEqual([{ a: 'SUCCEEDED', b: 'PENDING' }, ['prepare b']]);
  });

  it('repeats a pure step, as the same attempt', () => {
    const run = crashed({ effect: 'pure' });
    expect(run.asked).toEqual(['queue a']);
    run.begun('a');
    run.succeed('a');
    expect(run.step('a')).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
  });

  it('does not repeat an external step, and says that it may have acted', () => {
    const run = crashed({ effect: 'external' });
    expect(run.step('a')).toMatchObject({ state: 'FAILED', error: { code: 'UNAVAILABLE' } });
    expect([run.state, run.asked]).toEqual(['FAILED', []]);
  });

  it('repeats an external step that has a retry rule, as a new attempt', () => {
    const run = crashed({ effect: 'external', maxAttempts: 2, terms: { retry: { backoffMs: 10, maxBackoffMs: 10 } } });
    expect([run.states.a, run.asked]).toEqual(['FAILED_RETRYABLE', ['wake a']]);
    run.wait(10);
    run.woke('a');
    run.do('a');
    expect(run.step('a')?.attempt).toBe(2);
  });

  it('repeats the attempt of an idempotent step', () => {
    const run = crashed({ effect: 'external', terms: { idempotent: true } });
    expect(run.asked).toEqual(['queue a']);
    run.begun('a');
    run.succeed('a');
    expect(run.step('a')).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
  });

  it('queues again what was queued, and sets the timers again', () => {
    const run = createManualRun([
      plannedStep('a'),
      plannedStep('b', { kind: 'SLEEP' }),
      plannedStep('c', { kind: 'APPROVAL' }),
    ]);
    run.start();
    run.prepared('a');
    run.prepared('b', { type: 'sleep', until: run.after(100) });
    run.prepared('c', { type: 'ask', reason: 'may I?', expiresAt: run.after(200) });
    run.crash();
    expect(run.asked).toEqual(['queue a', 'wake b', 'wake c']);
    run.wait(100);
    run.woke('b');
    run.decide(true);
    expect(run.states).toEqual({ a: 'SCHEDULED', b: 'SUCCEEDED', c: 'SUCCEEDED' });
  });

  it('knows which signals it has received', () => {
    const run = createManualRun([plannedStep('a', { kind: 'SIGNAL', input: { name: 'go' } })]);
    run.start();
    run.signal('go', 'msg');
    run.crash();
    expect(run.signal('go', 'msg').events).toEqual([]);
    expect(run.aggregate.pendingSignals).toHaveLength(1);
  });
});
