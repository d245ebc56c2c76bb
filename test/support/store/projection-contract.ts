import { describe, expect, it } from 'vitest';
import type { EventPayloads, NewEvent } from '../../../src/core/event.ts';
import { newId } from '../../../src/core/ids.ts';
import type { AddedStep, RunRecord, StepRecord } from '../../../src/core/run.ts';
import { type StoreHarness, useStore } from './harness.ts';
import { finished, log, plannedStep, runCreated, textOutput, user } from './sample-events.ts';

const scope = { tenant: 'default' };
const at = new Date('2026-11-20T10:00:00.123Z');
const later = new Date('2026-11-20T11:30:00.456Z');

/** What every journal promises of the tables: they are always the fold of a run's events. */
export function projectionContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('the tables', () => {
    const suite = useStore(makeHarness);

    /** Appends each group in a separate transaction. @returns the run's id */
    const record = async (...groups: NewEvent[][]) => {
      const runId = newId('run');
      let seq = 1;
      for (const events of groups) {
        await suite.store.journal.append(runId, seq, events);
        seq += events.length;
      }
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({ valid: true, problems: [] });
      return runId;
    };
    const stepOf = async (runId: string, key: string) =>
      (await suite.store.reader.stepByKey(scope, runId, key)) as StepRecord;
    const runOf = async (runId: string) => (await suite.store.reader.run(scope, runId)) as RunRecord;

    const each = plannedStep('each', {
      title: 'Render all',
      terms: { forEach: [1, 2], timeoutMs: 500, maxParallel: 2, when: 'true', compensate: body('fetch') },
      maxAttempts: 4,
    });
    const items: AddedStep[] = [0, 1].map((index) => ({
      id: newId('step'),
      key: `each[${index}]`,
      parent: 'each',
      role: 'item',
      index,
      item: { n: index },
    }));
    const fresh = (steps: AddedStep[]) => steps.map((step) => ({ ...step, id: newId('step') }));
    const undo = (): AddedStep => ({
      id: newId('step'),
      key: 'undo:each',
      parent: 'each',
      role: 'compensation',
      dependsOn: ['each'],
    });
    const opening = (more: Partial<EventPayloads['RUN_CREATED']> = {}) =>
      runCreated({ steps: [{ ...each, id: newId('step') }, plannedStep('after')], kind: 'WORKFLOW', ...more }, at);
    const added = (...steps: AddedStep[]): NewEvent => ({ type: 'STEPS_ADDED', at, payload: { steps } });

    it.each([
      ['in the append that opens the run', (events: NewEvent[]) => [events]],
      ['in later appends', (events: NewEvent[]) => events.map((event) => [event])],
    ])('grow by items and compensations %s', async (_, grouped) => {
      const done = textOutput('first');
      const runId = await record(
        ...grouped([
          opening(),
          added(...fresh(items)),
          stepMoved('each[0]', 'SUCCEEDED', { output: done }),
          added(undo()),
          stepMoved('undo:each', 'RUNNING'),
        ]),
      );
      expect(await stepOf(runId, 'each[0]')).toMatchObject({
        parent: 'each',
        role: 'item',
        index: 0,
        item: { n: 0 },
        position: 0,
        title: 'Render all',
        capability: 'convertToJson',
        maxAttempts: 4,
        dependsOn: [],
        state: 'SUCCEEDED',
        output: done,
        terms: { timeoutMs: 500 },
      });
      expect((await stepOf(runId, 'each[1]')).terms).toEqual({ timeoutMs: 500 });
      expect(await stepOf(runId, 'undo:each')).toMatchObject({
        parent: 'each',
        role: 'compensation',
        capability: 'fetch',
        effect: 'external',
        dependsOn: ['each'],
        position: 1_000_000,
        state: 'RUNNING',
        startedAt: at,
      });
      const shown = ['each', 'after', 'undo:each'];
      expect((await suite.store.reader.steps(scope, runId)).map(({ key }) => key)).toEqual(shown);
      expect((await suite.store.reader.snapshot(scope, runId))?.steps.map(({ key }) => key)).toEqual(shown);
      const page = await suite.store.reader.items(scope, runId, 'each', { first: 1 });
      expect([page.edges.map(({ node }) => node.index), page.hasNextPage, (await page.totalCount()).count]).toEqual([
        [0],
        true,
        2,
      ]);
    });

    it('accept steps added to steps of the same group of appends', async () => {
      const runId = newId('run');
      await Promise.all([
        suite.store.journal.append(runId, 1, [opening()]),
        suite.store.journal.append(runId, 2, [added(...fresh(items))]),
        suite.store.journal.append(runId, 3, [stepMoved('each[1]', 'FAILED', { error: failure })]),
      ]);
      expect((await stepOf(runId, 'each[1]')).error).toEqual(failure);
      expect((await suite.store.verifyRun(scope, runId))?.valid).toBe(true);
    });

    it('reject steps of a missing parent, and do not change', async () => {
      const runId = await record([opening()]);
      const orphan: AddedStep = { ...undo(), parent: 'nobody' };
      await expect(suite.store.journal.append(runId, 2, [added(orphan)])).rejects.toMatchObject({ code: 'INTERNAL' });
      expect((await runOf(runId)).seq).toBe(1);
    });

    it('hold the last state of a step: each move clears the values of the previous one', async () => {
      const groups: NewEvent[][] = [
        [
          opening(),
          stepMoved('after', 'SCHEDULED', { wakeAt: later.toISOString(), input: { n: 1 }, childId: 'run_x' }),
        ],
        [stepMoved('after', 'FAILED_RETRYABLE', { error: failure, wakeAt: later.toISOString() })],
        [stepMoved('after', 'RUNNING', { attempt: 2 })],
        [stepMoved('after', 'SUCCEEDED', { attempt: 2, output: textOutput('out') })],
      ];
      const states: object[] = [];
      for (let upTo = 1; upTo <= groups.length; upTo += 1) {
        const own = groups.slice(0, upTo).map((group) => group.map((event) => renewed(event)));
        const { state, wakeAt, error, output, finishedAt, input, childId } = await stepOf(
          await record(...own),
          'after',
        );
        states.push({ state, wakeAt, error, output, finishedAt, input, childId });
      }
      const kept = { input: { n: 1 }, childId: 'run_x' };
      expect(states).toEqual([
        { state: 'SCHEDULED', wakeAt: later, ...kept },
        { state: 'FAILED_RETRYABLE', wakeAt: later, error: failure, ...kept },
        { state: 'RUNNING', ...kept },
        { state: 'SUCCEEDED', output: textOutput('out'), finishedAt: at, ...kept },
      ]);
    });

    it('let a failed run continue, without its error and its end', async () => {
      const ended = [opening(), runMoved('PENDING', 'RUNNING'), runMoved('RUNNING', 'FAILED', { error: failure })];
      const runId = await record(ended);
      expect(await runOf(runId)).toMatchObject({ state: 'FAILED', error: failure, finishedAt: at });
      await suite.store.journal.append(runId, 4, [runMoved('FAILED', 'RUNNING')]);
      const again = await runOf(runId);
      expect([again.state, again.error, again.finishedAt, again.startedAt]).toEqual([
        'RUNNING',
        undefined,
        undefined,
        at,
      ]);
      await suite.store.journal.append(runId, 5, [runMoved('RUNNING', 'SUCCEEDED', { outputs: { total: [1, null] } })]);
      const last = await runOf(runId);
      expect([last.state, last.outputs, last.finishedAt]).toEqual(['SUCCEEDED', { total: [1, null] }, at]);
      expect((await suite.store.verifyRun(scope, runId))?.valid).toBe(true);
      // Each end is a leaf of the audit tree.
      const leaves = await suite.harness.query<{ seq: number; hash: string }>(
        'SELECT seq, hash FROM leaves WHERE run_id = ? ORDER BY position',
        runId,
      );
      const hashes = (await Array.fromAsync(suite.store.reader.history(runId))).map(({ hash }) => hash);
      expect(leaves.map(({ seq, hash }) => [Number(seq), hash])).toEqual([
        [3, hashes[2]],
        [5, hashes[4]],
      ]);
    });

    it('have a leaf for each ended run, and for no other', async () => {
      const ended = await record([runCreated(), ...finished(textOutput('x'))]);
      const going = await record([runCreated(), log('x')]);
      const leaves = await suite.harness.query<{ position: number | bigint }>(
        'SELECT position FROM leaves WHERE run_id IN (?, ?)',
        ended,
        going,
      );
      expect(leaves.map(({ position }) => Number(position))).toEqual([(await runOf(ended)).headPosition]);
    });

    it('hold the plan of a run', async () => {
      const plan = { version: 3, maxParallel: 2, outputs: { all: '{{ steps.each.output }}' } };
      expect((await runOf(await record([opening({ plan })]))).plan).toEqual(plan);
    });

    it('hold approvals as they are requested and decided', async () => {
      const requested = (id: string, more = {}): NewEvent => ({
        type: 'APPROVAL_REQUESTED',
        at,
        step: 'after',
        payload: { id, reason: 'It costs money', ...more },
      });
      const by = user('default', 'bob');
      const decided: NewEvent = {
        type: 'APPROVAL_DECIDED',
        at: later,
        step: 'after',
        payload: { id: newId('apr'), state: 'APPROVED', by, comment: 'fine' },
      };
      const approvalId = decided.payload.id;
      const asked = requested(approvalId, { call: 'call_1', roles: ['boss'], expiresAt: later.toISOString() });
      const open = {
        id: approvalId,
        step: 'after',
        call: 'call_1',
        state: 'OPEN',
        reason: 'It costs money',
        roles: ['boss'],
        requestedAt: at,
        expiresAt: later,
      };
      const runId = await record([opening()], [asked]);
      const read = () => suite.store.reader.approval(scope, approvalId);
      expect(await read()).toEqual({ ...open, runId });
      expect((await suite.store.reader.approvals(scope, 'OPEN', {})).edges.map(({ node }) => node.id)).toContain(
        approvalId,
      );
      await suite.store.journal.append(runId, 3, [decided]);
      expect(await read()).toEqual({
        ...open,
        runId,
        state: 'APPROVED',
        decidedAt: later,
        decidedBy: by,
        comment: 'fine',
      });
      expect((await suite.store.verifyRun(scope, runId))?.valid).toBe(true);

      // Requested again and expired, in one append.
      const second = newId('apr');
      const expired: NewEvent = {
        type: 'APPROVAL_DECIDED',
        at,
        step: 'after',
        payload: { id: second, state: 'EXPIRED' },
      };
      await suite.store.journal.append(runId, 4, [requested(second), expired]);
      const newest = await suite.store.reader.approvalOf(scope, runId, 'after');
      expect([newest?.id, newest?.state, newest?.roles]).toEqual([second, 'EXPIRED', []]);
      expect([newest?.decidedBy, newest?.call]).toEqual([undefined, undefined]);
      for (const elsewhere of [{ tenant: 'other' }, { tenant: 'default', subject: 'bob' }]) {
        expect(await suite.store.reader.approval(elsewhere, approvalId)).toBeUndefined();
        expect(await suite.store.reader.approvalOf(elsewhere, runId, 'after')).toBeUndefined();
        expect((await suite.store.reader.approvals(elsewhere, undefined, {})).edges).toEqual([]);
        expect(await suite.store.reader.stepByKey(elsewhere, runId, 'after')).toBeUndefined();
      }
      expect((await suite.store.verifyRun(scope, runId))?.valid).toBe(true);
    });
  });
}

const failure = { code: 'TIMEOUT', message: 'too slow', retryable: true } as const;

function body(capability: string) {
  return { kind: 'COMMAND', capability, effect: 'external', maxAttempts: 1 } as const;
}

function stepMoved(
  step: string,
  to: EventPayloads['STEP_STATE_CHANGED']['to'],
  more: Partial<EventPayloads['STEP_STATE_CHANGED']> = {},
): NewEvent {
  return { type: 'STEP_STATE_CHANGED', at, step, payload: { from: 'PENDING', to, attempt: 1, ...more } };
}

function runMoved(
  from: EventPayloads['RUN_STATE_CHANGED']['from'],
  to: EventPayloads['RUN_STATE_CHANGED']['to'],
  more: Partial<EventPayloads['RUN_STATE_CHANGED']> = {},
): NewEvent {
  return { type: 'RUN_STATE_CHANGED', at, payload: { from, to, ...more } };
}

/** The same event for another run, with new ids for its steps. */
function renewed(event: NewEvent): NewEvent {
  if (event.type !== 'RUN_CREATED') return event;
  const steps = event.payload.steps.map((step) => ({ ...step, id: newId('step') }));
  return { ...event, payload: { ...event.payload, steps } };
}
