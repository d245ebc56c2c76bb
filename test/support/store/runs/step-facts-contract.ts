import { describe, expect, it } from 'vitest';
import type { EventPayloads, NewEvent } from '../../../../src/core/event.ts';
import { newId } from '../../../../src/core/ids.ts';
import { type StoreHarness, useStore } from '../harness.ts';
import { plannedStep, runCreated, user } from '../sample-events.ts';

const tenant = 'facts';
const at = new Date();

const said = (step: string, more: Partial<EventPayloads['AGENT_MESSAGE']>): NewEvent => ({
  ...{ type: 'AGENT_MESSAGE', at, step },
  payload: { role: 'assistant', text: 'A \u0000 "text"', ...more },
});
const move = (step: string, payload: EventPayloads['STEP_STATE_CHANGED']): NewEvent => ({
  ...{ type: 'STEP_STATE_CHANGED', at, step, payload },
});

/** What every store promises to say of the steps of a run, from its events. */
export function stepFactsContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('a step', () => {
    const suite = useStore(makeHarness);
    const start = async (subject: string, ...events: readonly NewEvent[]) => {
      const id = newId('run');
      const steps = [plannedStep('one'), plannedStep('two')];
      await suite.store.journal.append(id, 1, [runCreated({ principal: user(tenant, subject), steps })]);
      for (const [n, event] of events.entries()) await suite.store.journal.append(id, n + 2, [event]);
      expect((await suite.store.verifyRun({ tenant }, id))?.valid).toBe(true);
      return id;
    };

    it('has the tokens that its messages report, and its run those of all steps', async () => {
      const { reader } = suite.store;
      const talk = await start(
        'alice',
        said('one', { role: 'user' }),
        said('one', { usage: { input: 11, output: 5 } }),
        said('one', { text: 'not reported' }),
        said('two', { usage: { input: 2 ** 33, output: 7 } }),
        said('one', { usage: { input: 1, output: 0 } }),
      );
      const silent = await start('alice', said('one', { role: 'user' }), said('one', {}));
      const other = await start('bob', said('one', { usage: { input: 1, output: 1 } }));
      const ids = [talk, silent, other, newId('run')];
      const ofTalk = { input: 2 ** 33 + 12, output: 12 };
      expect([...(await reader.tokensOfRuns({ tenant, subject: 'alice' }, ids))]).toEqual([[talk, ofTalk]]);
      expect(new Map(await reader.tokensOfRuns({ tenant }, ids))).toEqual(
        new Map([
          [talk, ofTalk],
          [other, { input: 1, output: 1 }],
        ]),
      );
      expect((await reader.tokensOfRuns({ tenant: 'default' }, ids)).size).toBe(0);
      expect(await reader.tokensOfStep({ tenant }, talk, 'one')).toEqual({ input: 12, output: 5 });
      expect(await reader.tokensOfStep({ tenant }, silent, 'one')).toBeUndefined();
      expect(await reader.tokensOfStep({ tenant, subject: 'bob' }, talk, 'one')).toBeUndefined();
    });

    it('has what it repaired last', async () => {
      const error = { code: 'BAD_INPUT', message: '1 test failed', retryable: false } as const;
      const again = (round: number) =>
        move('one', { from: 'SUCCEEDED', to: 'PENDING', attempt: round, repair: { step: 'two', round, error } });
      const done = (attempt: number) => move('one', { from: 'PENDING', to: 'SUCCEEDED', attempt });
      const id = await start('alice', done(1), again(1), done(2), again(2), done(3));
      const step = await suite.store.reader.stepByKey({ tenant }, id, 'one');
      expect([step?.state, step?.repair]).toEqual(['SUCCEEDED', { step: 'two', round: 2, error }]);
      expect((await suite.store.reader.stepByKey({ tenant }, id, 'two'))?.repair).toBeUndefined();
    });
  });
}
