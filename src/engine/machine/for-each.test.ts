import { describe, expect, it } from 'vitest';
import { createManualRun } from '../../../test/support/engine/manual-run.ts';
import { failureWith, plannedStep } from '../../../test/support/engine/runs.ts';
import type { StepOptions } from '../../core/run.ts';

const each = (
  items: readonly number[],
  terms: StepOptions = {},
  ...more: readonly ReturnType<typeof plannedStep>[]
) => {
  const run = createManualRun([plannedStep('a', { terms: { forEach: items, ...terms } }), ...more]);
  run.start();
  run.prepared('a', { type: 'items', items });
  return run;
};

describe('for_each', () => {
  it('runs its step once for each item, then collects their outputs', () => {
    const run = each([7, 8]);
    expect(run.asked).toEqual(['prepare a[0]', 'prepare a[1]']);
    expect(run.step('a[1]')).toMatchObject({ role: 'item', parent: 'a', index: 1, item: 8 });
    run.do('a[1]');
    expect(run.asked).toEqual([]);
    run.do('a[0]');
    expect(run.asked).toEqual(['gather a']);
    run.succeed('a', '[7,8]');
    expect([run.state, run.states.a]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  it('collects an empty list for no items', () => {
    const run = each([]);
    expect(run.asked).toEqual(['gather a']);
    run.succeed('a', '[]');
    expect(run.state).toBe('SUCCEEDED');
  });

  it('has at most max_parallel items in progress', () => {
    const run = each([0, 1, 2, 3], { maxParallel: 2 });
    expect(run.asked).toEqual(['prepare a[0]', 'prepare a[1]']);
    run.prepared('a[0]');
    expect(run.asked).toEqual(['queue a[0]']);
    run.begun('a[0]');
    run.prepared('a[1]', { type: 'throttled', until: run.after(10) });
    run.succeed('a[0]');
    expect(run.asked).toEqual(['prepare a[2]']);
    run.prepared('a[2]', { type: 'skip' });
    expect(run.asked).toEqual(['prepare a[3]']);
  });

  it('that fails fast begins no more items after a failure, lets running ones finish, and names the item that failed', () => {
    const run = each([0, 1, 2, 3, 4], { maxParallel: 4 });
    run.begin('a[0]');
    run.begin('a[1]');
    run.prepared('a[2]', { type: 'ask', reason: 'may I?' });
    run.fail('a[1]', failureWith('TIMEOUT'));
    expect(run.states).toMatchObject({
      a: 'RUNNING',
      'a[0]': 'RUNNING',
      'a[2]': 'SKIPPED',
      'a[3]': 'SKIPPED',
      'a[4]': 'SKIPPED',
    });
    run.succeed('a[0]');
    expect(run.step('a')).toMatchObject({ state: 'TIMEOUT', error: { message: 'Item 1: it was TIMEOUT' } });
    expect(run.state).toBe('TIMEOUT');
  });

  it('that collects failures runs all items, and succeeds', () => {
    const run = each([0, 1], { onItemFailure: 'collect' });
    run.begin('a[0]');
    run.fail('a[0]', failureWith('BAD_INPUT'));
    run.do('a[1]');
    expect(run.asked).toEqual(['gather a']);
    run.succeed('a');
    expect([run.state, run.states['a[0]']]).toEqual(['SUCCEEDED', 'FAILED']);
  });

  it('retries each item by the rule of the step', () => {
    const run = createManualRun([
      plannedStep('a', { maxAttempts: 2, terms: { forEach: [0], retry: { backoffMs: 5, maxBackoffMs: 5 } } }),
    ]);
    run.start();
    run.prepared('a', { type: 'items', items: [0] });
    run.begin('a[0]');
    run.fail('a[0]', failureWith('UNAVAILABLE', true));
    expect(run.states['a[0]']).toBe('FAILED_RETRYABLE');
    run.wait(5);
    run.woke('a[0]');
    run.do('a[0]');
    expect(run.step('a[0]')).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
  });

  it('stops with the run, whatever its items wait for, and does not succeed', () => {
    const run = each([0, 1], { compensate: plannedStep('u') }, plannedStep('b'));
    run.do('a[0]');
    run.prepared('a[1]', { type: 'ask', reason: 'may I?' });
    run.begin('b');
    run.fail('b', failureWith('BAD_INPUT'));
    expect(run.states).toEqual({ a: 'CANCELLED', 'a[0]': 'SUCCEEDED', 'a[1]': 'SKIPPED', b: 'FAILED' });
    expect(run.state).toBe('FAILED');
  });

  it('stops at once with another one that ends the run', () => {
    const run = createManualRun([
      plannedStep('a', { terms: { forEach: [0] } }),
      plannedStep('b', { terms: { forEach: [0] } }),
    ]);
    run.start();
    for (const key of ['a', 'b']) run.prepared(key, { type: 'items', items: [0] });
    run.prepared('a[0]', { type: 'ask', reason: 'may I?' });
    run.begin('b[0]');
    run.fail('b[0]', failureWith('BAD_INPUT'));
    expect([run.state, run.states['a[0]']]).toEqual(['FAILED', 'SKIPPED']);
  });

  it('finishes collecting its outputs when the run fails', () => {
    const run = each([0], {}, plannedStep('b'));
    run.do('a[0]');
    run.begin('b');
    run.fail('b', failureWith('BAD_INPUT'));
    expect([run.state, run.states.a]).toEqual(['RUNNING', 'RUNNING']);
    run.succeed('a');
    expect([run.state, run.states.a]).toEqual(['FAILED', 'SUCCEEDED']);
  });

  it.each([[[]], [[0, 1]]])('collects its outputs after a crash: items %j', (items) => {
    const run = each(items);
    for (const i of items) run.do(`a[${i}]`);
    run.crash();
    expect(run.asked).toContain('gather a');
    run.succeed('a');
    expect(run.state).toBe('SUCCEEDED');
  });

  it('is retried with the items that failed, and keeps the others', () => {
    const run = each([0, 1, 2], { maxParallel: 2 });
    run.do('a[0]');
    run.begin('a[1]');
    run.fail('a[1]', failureWith('BAD_INPUT'));
    expect(run.state).toBe('FAILED');
    run.retry('a');
    run.prepared('a', { type: 'items', items: [0, 1, 2] });
    expect(run.states).toMatchObject({ a: 'RUNNING', 'a[0]': 'SUCCEEDED', 'a[1]': 'PENDING', 'a[2]': 'PENDING' });
    run.do('a[1]', 'a[2]');
    run.succeed('a');
    expect(run.state).toBe('SUCCEEDED');
  });

  it('that collected failures keeps them when another step is retried', () => {
    const run = each([0], { onItemFailure: 'collect' }, plannedStep('b'));
    run.begin('a[0]');
    run.fail('a[0]', failureWith('BAD_INPUT'));
    run.succeed('a');
    run.begin('b');
    run.fail('b', failureWith('BAD_INPUT'));
    run.retry('b');
    run.do('b');
    expect([run.state, run.states]).toEqual(['SUCCEEDED', { a: 'SUCCEEDED', 'a[0]': 'FAILED', b: 'SUCCEEDED' }]);
  });
});
