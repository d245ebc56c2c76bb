import { describe, expect, it } from 'vitest';
import { createManualRun } from '../../../test/support/engine/manual-run.ts';
import { failureWith, plannedStep } from '../../../test/support/engine/runs.ts';

describe('a repair', () => {
  /** write → build → test, where test is repaired by write; `read` only looks at what was written. */
  const mended = (maxRounds = 2) => {
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

  it('does the mending step again with the error, all on the way from it, and then the failed one', () => {
    const run = mended();
    run.do('read', 'build');
    run.begin('test');
    run.fail('test', failureWith('BAD_INPUT'));
    expect(run.states).toEqual({ write: 'PENDING', build: 'PENDING', test: 'PENDING', read: 'SUCCEEDED' });
    expect(run.asked).toEqual(['prepare write']);
    expect(run.live.bookkeeping.get('write')?.repair).toMatchObject({
      step: 'test',
      round: 1,
      error: { code: 'BAD_INPUT' },
    });
    run.do('write', 'build', 'test');
    expect(run.state).toBe('SUCCEEDED');
    expect(run.step('write')?.attempt).toBe(2);
  });

  it('is tried as many rounds as it may be, also across a crash', () => {
    const run = mended(2);
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

  it('comes after the attempts that the step has by itself', () => {
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

  it('makes a step wait that was about to begin on what is being mended', () => {
    const run = mended();
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

  it('opens the run again, with whatever else failed and what was left out', () => {
    const run = failed();
    expect(run.state).toBe('FAILED');
    run.retry('b');
    expect(run.live.record).toMatchObject({ state: 'RUNNING' });
    expect(run.live.record.error ?? run.live.record.finishedAt).toBeUndefined();
    expect(run.states).toEqual({ a: 'SUCCEEDED', b: 'PENDING', c: 'PENDING', d: 'PENDING' });
    expect(run.asked).toEqual(['prepare b', 'prepare d']);
    run.do('b', 'c', 'd');
    expect([run.state, run.step('b')?.attempt]).toEqual(['SUCCEEDED', 2]);
  });

  it('has the attempts and the rounds again that the document gives it', () => {
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

  it.each(['a', 'nothing'])('is one that ended badly: %s is not', (key) => {
    expect(failed().retry(key)).toMatchObject({ events: [], effects: [] });
  });
});

describe('a run that is taken over', () => {
  const crashed = (step: Parameters<typeof plannedStep>[1]) => {
    const run = createManualRun([plannedStep('a', step), plannedStep('b', { dependsOn: ['a'] })]);
    run.start();
    run.begin('a');
    run.crash();
    return run;
  };

  it('keeps what was done, and prepares what was being prepared', () => {
    const run = createManualRun([plannedStep('a'), plannedStep('b', { dependsOn: ['a'] })]);
    run.start();
    run.do('a');
    run.crash();
    expect([run.states, run.asked]).toEqual([{ a: 'SUCCEEDED', b: 'PENDING' }, ['prepare b']]);
  });

  it('does a pure step again, as the same attempt', () => {
    const run = crashed({ effect: 'pure' });
    expect(run.asked).toEqual(['queue a']);
    run.begun('a');
    run.succeed('a');
    expect(run.step('a')).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
  });

  it('does not do an external step again, and says that it may have acted', () => {
    const run = crashed({ effect: 'external' });
    expect(run.step('a')).toMatchObject({ state: 'FAILED', error: { code: 'UNAVAILABLE' } });
    expect([run.state, run.asked]).toEqual(['FAILED', []]);
  });

  it('does an external step again that has a retry rule, as another attempt', () => {
    const run = crashed({ effect: 'external', maxAttempts: 2, terms: { retry: { backoffMs: 10, maxBackoffMs: 10 } } });
    expect([run.states.a, run.asked]).toEqual(['FAILED_RETRYABLE', ['wake a']]);
    run.wait(10);
    run.woke('a');
    run.do('a');
    expect(run.step('a')?.attempt).toBe(2);
  });

  it('makes the attempt of an idempotent step once more', () => {
    const run = crashed({ effect: 'external', terms: { idempotent: true } });
    expect(run.asked).toEqual(['queue a']);
    run.begun('a');
    run.succeed('a');
    expect(run.step('a')).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
  });

  it('queues what was queued, and sets the alarms again', () => {
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

  it('knows which signals it has had', () => {
    const run = createManualRun([plannedStep('a', { kind: 'SIGNAL', input: { name: 'go' } })]);
    run.start();
    run.signal('go', 'msg');
    run.crash();
    expect(run.signal('go', 'msg').events).toEqual([]);
    expect(run.live.pendingSignals).toHaveLength(1);
  });
});
