import { describe, expect, it } from 'vitest';
import { createManualRun } from '../../../test/support/engine/manual-run.ts';
import { failureWith, plannedStep } from '../../../test/support/engine/runs.ts';

const chain = () => [plannedStep('a'), plannedStep('b', { dependsOn: ['a'] })];

describe('a run', () => {
  it('prepares, queues, performs and ends a step', () => {
    const run = createManualRun([plannedStep('a')]);
    run.start();
    expect(run.asked).toEqual(['prepare a']);
    run.prepared('a');
    expect(run.asked).toEqual(['queue a']);
    expect(run.states).toEqual({ a: 'SCHEDULED' });
    run.begun('a');
    expect(run.asked).toEqual(['act a']);
    expect([run.state, run.states]).toEqual(['RUNNING', { a: 'RUNNING' }]);
    run.succeed('a', 'done');
    expect([run.state, run.states]).toEqual(['SUCCEEDED', { a: 'SUCCEEDED' }]);
    expect(run.step('a')).toMatchObject({ attempt: 1, output: { text: 'done' } });
  });

  it('begins a step when all steps that it depends on have succeeded, and not before', () => {
    const run = createManualRun([plannedStep('a'), plannedStep('b'), plannedStep('c', { dependsOn: ['a', 'b'] })]);
    run.start();
    expect(run.asked).toEqual(['prepare a', 'prepare b']);
    run.do('a');
    expect(run.asked).toEqual([]);
    run.do('b');
    expect(run.asked).toEqual(['prepare c']);
  });

  it('continues after a step that its condition skips', () => {
    const run = createManualRun(chain());
    run.start();
    run.prepared('a', { type: 'skip' });
    expect(run.asked).toEqual(['prepare b']);
    run.do('b');
    expect([run.state, run.states]).toEqual(['SUCCEEDED', { a: 'SKIPPED', b: 'SUCCEEDED' }]);
  });

  it('continues after the failure of a step with continue_on_error', () => {
    const run = createManualRun([
      plannedStep('a', { terms: { continueOnError: true } }),
      plannedStep('b', { dependsOn: ['a'] }),
    ]);
    run.start();
    run.begin('a');
    run.fail('a', failureWith('BAD_INPUT'));
    expect(run.step('a')?.error).toMatchObject({ code: 'BAD_INPUT' });
    run.do('b');
    expect([run.state, run.states]).toEqual(['SUCCEEDED', { a: 'FAILED', b: 'SUCCEEDED' }]);
  });

  it.each([
    ['BAD_INPUT', 'FAILED', 'FAILED'],
    ['TIMEOUT', 'TIMEOUT', 'TIMEOUT'],
    ['FORBIDDEN', 'DENIED', 'DENIED'],
    ['CANCELLED', 'CANCELLED', 'CANCELLED'],
  ] as const)(
    'ends after a step that failed with %s, which is the reason, and skips the rest',
    (code, ofStep, ofRun) => {
      const run = createManualRun(chain());
      run.start();
      run.begin('a');
      run.fail('a', failureWith(code));
      expect(run.states).toEqual({ a: ofStep, b: 'SKIPPED' });
      expect(run.aggregate.record).toMatchObject({ state: ofRun, error: { code, step: 'a' } });
    },
  );

  it('lets running steps finish after a failure, and begins no more', () => {
    const run = createManualRun([
      plannedStep('bad'),
      plannedStep('working'),
      plannedStep('queued'),
      plannedStep('preparing'),
      plannedStep('asking'),
    ]);
    run.start();
    run.begin('bad');
    run.begin('working');
    run.prepared('queued');
    run.prepared('asking', { type: 'ask', reason: 'may I?' });
    run.fail('bad', failureWith('BAD_INPUT'));
    expect(run.states).toMatchObject({
      working: 'RUNNING',
      queued: 'SKIPPED',
      preparing: 'SKIPPED',
      asking: 'SKIPPED',
    });
    expect(run.aggregate.approvals.size).toBe(0);
    for (const late of [() => run.prepared('preparing'), () => run.begun('queued')]) expect(late().events).toEqual([]);
    expect(run.state).toBe('RUNNING');
    run.succeed('working');
    expect([run.state, run.states.working]).toEqual(['FAILED', 'SUCCEEDED']);
  });

  it('names the step that failed first', () => {
    const run = createManualRun([plannedStep('a'), plannedStep('b')]);
    run.start();
    run.begin('a');
    run.begin('b');
    run.fail('b', failureWith('BAD_INPUT'));
    run.wait(5);
    run.fail('a', failureWith('TIMEOUT'));
    expect(run.aggregate.record).toMatchObject({ state: 'FAILED', error: { step: 'b' } });
  });

  it('ignores a result that arrives twice, or belongs to an earlier attempt', () => {
    const run = createManualRun([
      plannedStep('a', { maxAttempts: 2, terms: { retry: { backoffMs: 10, maxBackoffMs: 10 } } }),
      plannedStep('b'),
    ]);
    run.start();
    run.begin('a');
    run.fail('a', failureWith('TIMEOUT', true));
    run.wait(10);
    run.woke('a');
    run.begin('a');
    const stale = { type: 'failed', step: 'a', attempt: 1, failure: failureWith('INTERNAL') } as const;
    expect(run.send(stale).events).toEqual([]);
    run.succeed('a');
    expect(run.fail('a', failureWith('INTERNAL'))).toMatchObject({ events: [], effects: [] });
    expect(run.states.a).toBe('SUCCEEDED');
  });

  it('evaluates its outputs when all steps have ended, and fails when that fails', () => {
    const ended = (signal: { readonly outputs?: object } | { readonly failure: ReturnType<typeof failureWith> }) => {
      const run = createManualRun([plannedStep('a')], { outputs: { all: '{{ steps.a.output }}' } });
      run.start();
      run.do('a');
      expect(run.asked).toEqual(['conclude']);
      run.send({ type: 'concluded', ...signal } as never);
      return run.aggregate.record;
    };
    expect(ended({ outputs: { all: 1 } })).toMatchObject({ state: 'SUCCEEDED', outputs: { all: 1 } });
    expect(ended({ failure: failureWith('BAD_INPUT') })).toMatchObject({
      state: 'FAILED',
      error: { code: 'BAD_INPUT' },
    });
  });

  it('moves an external step to DISPATCHED, which is recorded before it acts', () => {
    const run = createManualRun([plannedStep('a', { effect: 'external' })]);
    run.start();
    run.prepared('a');
    const { events, effects } = run.begun('a');
    expect(events.map(({ payload }) => payload)).toMatchObject([{ from: 'SCHEDULED', to: 'DISPATCHED', attempt: 1 }]);
    expect(effects).toMatchObject([{ type: 'act' }]);
  });
});

describe('a step that is retried', () => {
  const retried = (more: object = {}, maxAttempts = 3) => {
    const terms = { retry: { backoffMs: 100, maxBackoffMs: 350, ...more } };
    const run = createManualRun([plannedStep('a', { maxAttempts, terms })]);
    run.start();
    run.begin('a');
    return run;
  };
  const waitOf = (run: ReturnType<typeof createManualRun>) =>
    (run.step('a')?.wakeAt?.getTime() ?? 0) - run.after(0).getTime();

  it.each([
    [0, [50, 100, 175, 175]],
    [0.5, [75, 150, 263, 263]],
    [1, [100, 200, 350, 350]],
  ])('waits twice as long each time, up to a bound, with jitter: luck %d', (luck, waits) => {
    const run = retried({}, 5);
    run.draw(luck);
    for (const wait of waits) {
      run.fail('a', failureWith('UNAVAILABLE', true));
      expect([run.states.a, run.state, waitOf(run)]).toEqual(['FAILED_RETRYABLE', 'WAITING', wait]);
      expect(run.woke('a').effects).toEqual([]);
      run.wait(wait);
      run.woke('a');
      run.begin('a');
    }
    run.fail('a', failureWith('UNAVAILABLE', true));
    expect([run.states.a, run.state, run.step('a')?.attempt]).toEqual(['FAILED', 'FAILED', 5]);
  });

  it('has a failure that may pass, or whose code its rule names', () => {
    const endOf = (code: Parameters<typeof failureWith>[0], retryable: boolean, on?: readonly string[]) => {
      const run = retried(on ? { on } : {});
      run.fail('a', failureWith(code, retryable));
      return run.states.a;
    };
    expect(endOf('BAD_INPUT', false)).toBe('FAILED');
    expect(endOf('TIMEOUT', false)).toBe('FAILED_RETRYABLE');
    expect(endOf('BAD_INPUT', false, ['BAD_INPUT'])).toBe('FAILED_RETRYABLE');
    expect(endOf('UNAVAILABLE', true, ['BAD_INPUT'])).toBe('FAILED');
  });

  it('ends as TIMEOUT when each attempt timed out', () => {
    const run = retried({}, 2);
    run.fail('a', failureWith('TIMEOUT', true));
    run.wait(100);
    run.woke('a');
    run.begin('a');
    run.fail('a', failureWith('TIMEOUT', true));
    expect([run.state, run.states.a]).toEqual(['TIMEOUT', 'TIMEOUT']);
  });

  it('ends with its last error when the run ends in the meantime', () => {
    const run = createManualRun([
      plannedStep('a', { maxAttempts: 3, terms: { retry: { backoffMs: 100, maxBackoffMs: 100 } } }),
      plannedStep('b'),
    ]);
    run.start();
    run.begin('a');
    run.begin('b');
    run.fail('a', failureWith('UNAVAILABLE', true));
    run.fail('b', failureWith('BAD_INPUT'));
    expect(run.step('a')).toMatchObject({ state: 'FAILED', error: { code: 'UNAVAILABLE' } });
    expect(run.state).toBe('FAILED');
  });

  it('is retried when it could not begin, if that failure may pass', () => {
    const run = createManualRun([
      plannedStep('a', { maxAttempts: 2, terms: { retry: { backoffMs: 1, maxBackoffMs: 1 } } }),
    ]);
    run.start();
    run.prepared('a', { type: 'refused', failure: failureWith('UNAVAILABLE', true) });
    expect(run.step('a')).toMatchObject({ state: 'FAILED_RETRYABLE', attempt: 1 });
    run.wait(1);
    run.woke('a');
    run.prepared('a', { type: 'refused', failure: failureWith('BAD_INPUT') });
    expect(run.states.a).toBe('FAILED');
  });
});
