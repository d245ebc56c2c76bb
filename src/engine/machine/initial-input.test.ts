import { describe, expect, it } from 'vitest';
import { createManualRun } from '../../../test/support/engine/manual-run.ts';
import { failureWith, plannedStep, textOutput } from '../../../test/support/engine/runs.ts';
import type { StepRecord } from '../../core/run.ts';

const decision = { effect: 'DENY', reason: 'no rule', action: 'command:act', roles: [], snapshot: '' } as const;

describe('a denied run', () => {
  const steps = [plannedStep('a'), plannedStep('b', { dependsOn: ['a'] })];

  it('ends before its first step, with the decision and the step that was denied', () => {
    const on = createManualRun(steps);
    const { effects } = on.send({ type: 'denied', failure: failureWith('FORBIDDEN'), decision, step: 'b' });
    expect([on.state, on.states, effects]).toEqual(['DENIED', { a: 'SKIPPED', b: 'DENIED' }, []]);
    expect(on.aggregate.record.error).toEqual({ ...failureWith('FORBIDDEN'), step: 'b' });
    expect(on.events.map(({ type, step }) => [type, step])).toEqual([
      ['POLICY_DECIDED', 'b'],
      ['STEP_STATE_CHANGED', 'a'],
      ['STEP_STATE_CHANGED', 'b'],
      ['RUN_STATE_CHANGED', undefined],
    ]);
  });

  it('ends as a whole when no step is named', () => {
    const on = createManualRun(steps);
    on.send({ type: 'denied', failure: failureWith('FORBIDDEN') });
    expect([on.state, on.states]).toEqual(['DENIED', { a: 'SKIPPED', b: 'SKIPPED' }]);
    expect(on.aggregate.record.error).toEqual(failureWith('FORBIDDEN'));
  });

  it('cannot have begun', () => {
    const on = createManualRun(steps);
    on.start();
    on.begin('a');
    expect(on.send({ type: 'denied', failure: failureWith('FORBIDDEN') })).toEqual({ events: [], effects: [] });
    expect(on.state).toBe('RUNNING');
  });
});

describe('a run that repeats an earlier one from a step', () => {
  const steps = [
    plannedStep('a', { maxAttempts: 3 }),
    plannedStep('b', { dependsOn: ['a'] }),
    plannedStep('c', { terms: { continueOnError: true } }),
    plannedStep('d', { terms: { when: 'false' } }),
    plannedStep('e', { dependsOn: ['b', 'c'] }),
  ];
  const earlier = (key: string, result: Partial<StepRecord>): StepRecord => {
    const [step = plannedStep(key)] = steps.filter((one) => one.key === key);
    return { ...step, runId: 'earlier', position: 0, state: 'PENDING', attempt: 0, ...result };
  };
  const results = [
    earlier('a', { state: 'SUCCEEDED', attempt: 2, output: { mediaType: 'text/plain', size: 9, digest: 'large' } }),
    earlier('b', { state: 'FAILED', attempt: 1, error: failureWith('BAD_INPUT') }),
    earlier('c', { state: 'FAILED', attempt: 1, error: failureWith('TIMEOUT') }),
    earlier('d', { state: 'SKIPPED' }),
    earlier('e', { state: 'SUCCEEDED', attempt: 1, output: textOutput('e') }),
  ];
  const resume = () => {
    const on = createManualRun(steps);
    on.send({ type: 'resumedFrom', step: 'b', earlier: results });
    return on;
  };

  it('keeps the results of the steps that do not depend on it, and begins the others', () => {
    const on = resume();
    expect(on.states).toEqual({ a: 'SUCCEEDED', b: 'PENDING', c: 'FAILED', d: 'PENDING', e: 'PENDING' });
    expect(on.step('a')).toMatchObject({ attempt: 2, output: { digest: 'large' } });
    expect(on.step('c')).toMatchObject({ error: failureWith('TIMEOUT') });
    expect(on.asked).toEqual(['prepare b', 'prepare d']);
    on.prepared('d', { type: 'skip' });
    on.do('b', 'e');
    expect(on.state).toBe('SUCCEEDED');
  });

  it('holds the large outputs as artifacts of the new run', () => {
    const artifacts = resume().events.filter(({ type }) => type === 'ARTIFACT_CREATED');
    expect(artifacts).toMatchObject([{ step: 'a', payload: { name: 'a', digest: 'large', size: 9 } }]);
  });

  it('is recovered by its events', () => {
    const on = resume();
    on.crash();
    expect(on.states).toEqual({ a: 'SUCCEEDED', b: 'PENDING', c: 'FAILED', d: 'PENDING', e: 'PENDING' });
    expect(on.asked).toEqual(['prepare b', 'prepare d']);
  });

  it('cannot have begun', () => {
    const on = createManualRun(steps);
    on.start();
    on.begin('a');
    expect(on.send({ type: 'resumedFrom', step: 'b', earlier: results }).events).toEqual([]);
  });
});
