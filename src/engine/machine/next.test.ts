import { describe, expect, it } from 'vitest';
import { createManualRun } from '../../../test/support/engine/manual-run.ts';
import { failureWith, plannedStep } from '../../../test/support/engine/runs.ts';

const chain = () => [plannedStep('a'), plannedStep('b', { dependsOn: ['a'] })];

describe('a run', () => {
  it('prepares, queues, does and ends a step', () => {
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

  it('begins a step when all that it needs has succeeded, and not before', () => {
    const run = createManualRun([plannedStep('a'), plannedStep('b'), plannedStep('c', { dependsOn: ['a', 'b'] })]);
    run.start();
    expect(run.asked).toEqual(['prepare a', 'prepare b']);
    run.do('a');
    expect(run.asked).toEqual([]);
    run.do('b');
    expect(run.asked).toEqual(['prepare c']);
  });

  it('goes on past a step that is left out by its own condition', () => {
    const run = createManualRun(chain());
    run.start();
    run.prepared('a', { type: 'skip' });
    expect(run.asked).toEqual(['prepare b']);
    run.do('b');
    expect([run.state, run.states]).toEqual(['SUCCEEDED', { a: 'SKIPPED', b: 'SUCCEEDED' }]);
  });

  it('goes on past a step that may end badly', () => {
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
      expect(run.live.record).toMatchObject({ state: ofRun, error: { code, step: 'a' } });
    },
  );

  it('lets what is at work finish once a step has failed, and begins nothing more', () => {
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
    expect(run.live.approvals.size).toBe(0);
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
    expect(run.live.record).toMatchObject({ state: 'FAILED', error: { step: 'b' } });
  });

  it('takes a result that comes a second time, or of an earlier attempt, for nothing', () => {
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
    expect(run.tell(stale).events).toEqual([]);
    run.succeed('a');
    expect(run.fail('a', failureWith('INTERNAL'))).toMatchObject({ events: [], effects: [] });
    expect(run.states.a).toBe('SUCCEEDED');
  });

  it('asks for its outputs when all is done, and fails when they cannot be worked out', () => {
    const ended = (signal: { readonly outputs?: object } | { readonly failure: ReturnType<typeof failureWith> }) => {
      const run = createManualRun([plannedStep('a')], { outputs: { all: '{{ steps.a.output }}' } });
      run.start();
      run.do('a');
      expect(run.asked).toEqual(['conclude']);
      run.tell({ type: 'concluded', ...signal } as never);
      return run.live.record;
    };
    expect(ended({ outputs: { all: 1 } })).toMatchObject({ state: 'SUCCEEDED', outputs: { all: 1 } });
    expect(ended({ failure: failureWith('BAD_INPUT') })).toMatchObject({
      state: 'FAILED',
      error: { code: 'BAD_INPUT' },
    });
  });

  it('with an external step moves it over DISPATCHED, which is on record before it acts', () => {
    const run = createManualRun([plannedStep('a', { effect: 'external' })]);
    run.start();
    run.prepared('a');
    const { events, effects } = run.begun('a');
    expect(events.map(({ payload }) => payload)).toMatchObject([{ from: 'SCHEDULED', to: 'DISPATCHED', attempt: 1 }]);
    expect(effects).toMatchObject([{ type: 'act' }]);
  });
});

describe('a step that is tried again', () => {
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

  it('is one that may pass by itself, or whose code its rule names', () => {
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

  it('is TIMEOUT in the end when its time was over each time', () => {
    const run = retried({}, 2);
    run.fail('a', failureWith('TIMEOUT', true));
    run.wait(100);
    run.woke('a');
    run.begin('a');
    run.fail('a', failureWith('TIMEOUT', true));
    expect([run.state, run.states.a]).toEqual(['TIMEOUT', 'TIMEOUT']);
  });

  it('ends with its last error when the run ends meanwhile', () => {
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

  it('is tried again also when it could not even begin, if that may pass', () => {
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
