import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ScratchDatabase } from '../../scripts/scratch-database.ts';
import { actStep, seededRandom } from '../support/reliability/crash-workflows.ts';
import { startDatabaseProxy } from '../support/reliability/database-proxy.ts';
import { startEventRecorder } from '../support/reliability/event-recorder.ts';
import { expectConsistent, expectValidChains } from '../support/reliability/final-states.ts';
import { createLoadGenerator } from '../support/reliability/load-generator.ts';
import { type OutsideWorld, startOutsideWorld } from '../support/reliability/outside-world.ts';
import { type Server, startServer } from '../support/server.ts';
import { openSocket } from '../support/socket.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

/** More than two heartbeats of each node, in milliseconds. */
const IDLE_MS = 6_000;

/** A workflow whose steps run one after another. */
const chain = (...steps: readonly { readonly id: string }[]) => ({
  document: {
    name: 'chain',
    steps: steps.map((step, i) => ({ ...(i > 0 && { depends_on: [steps[i - 1]?.id] }), ...step })),
  },
});
const sleep = (id: string, ms: number) => ({ id, kind: 'sleep', input: { ms } });
const retry = { max_attempts: 5, backoff_ms: 10 };

await onPostgres(() => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let database: ScratchDatabase;
  let outside: OutsideWorld;
  let started = 0;

  /** One more node, with its own data folder. */
  const startNode = (url = database.url) =>
    startServer({
      dataDir: join(folder.path, `data-${started++}`),
      env: {
        ...outside.env,
        DATABASE_URL: url,
        ARTIFACTS_DIR: join(folder.path, 'artifacts'),
        CHECKPOINT_KEY_FILE: join(folder.path, 'key.pem'),
      },
    });
  const isSigned = (server: Server, token: string, id: string) =>
    until('its end is signed', async () => {
      const document = 'query ($id: ID!) { verifyRun(id: $id) { checkpoint { size } } }';
      return (await server.query(document, { id }, token)).data.verifyRun.checkpoint;
    });
  const act = (id: string, options: { ms?: number; failures?: number } = {}, more: object = {}) =>
    actStep(outside.url, id, { value: id, ...options }, more);
  const effectsOf = (runId: string, step: string) => outside.effects.get(`${runId} ${step}`) ?? 0;

  beforeAll(async () => {
    folder = await createTempFolder();
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeFile(join(folder.path, 'key.pem'), pem, { mode: 0o600 });
    database = await createMigratedDatabase();
    outside = await startOutsideWorld(folder.path);
  });
  afterAll(async () => {
    await outside?.[Symbol.asyncDispose]();
    await database?.remove();
    await folder?.[Symbol.asyncDispose]();
  });

  describe('two nodes on one database', () => {
    let a: Server;
    let b: Server;
    let onA: TestUsers;
    let onB: TestUsers;
    beforeAll(async () => {
      [a, b] = await Promise.all([startNode(), startNode()]);
      [onA, onB] = await Promise.all([createTestUsers(a), createTestUsers(b)]);
    });
    afterAll(async () => {
      await a?.stop('SIGKILL');
      await b?.stop('SIGKILL');
    });

    it('both read each run and its artifacts', async () => {
      const text = 'x'.repeat(100_000);
      const convert = (command: string) => ({
        id: 'made',
        kind: 'command',
        command,
        input: { source: { text: { text } } },
      });
      const run = await onA.start(chain(convert('convertToBase64')), {}, 'admin');
      expect(run.state).toBe('SUCCEEDED');
      expect((await onB.run(run.id, 'admin')).state).toBe('SUCCEEDED');
      for (const node of [a, b]) await isSigned(node, onA.tokens.admin, run.id);
      const { data } = await b.query(
        'query ($id: ID!) { run(id: $id) { steps { resource { digest } } } }',
        { id: run.id },
        onB.tokens.admin,
      );
      const { digest } = data.run.steps[0].resource;
      const token = onB.tokens.admin;
      expect((await (await b.fetch(`/artifacts/${digest}`, { token })).text()).length).toBeGreaterThan(text.length);
    });

    it('cancel, signal and approve runs that the other drives', async () => {
      const wait = { id: 'wait', kind: 'signal', input: { name: 'go' } };
      const ask = { id: 'agree', kind: 'approval', input: { reason: 'Shall it?' } };
      const signalled = await onA.start(chain(wait), { waitMs: 0 });
      expect(await onB.change('sendSignal', { runId: signalled.id, name: 'go', payload: 7 })).toMatchObject({
        ...{ __typename: 'Run', state: 'SUCCEEDED', output: 7 },
      });

      const cancelled = await onA.start(chain(sleep('long', 600_000)), { waitMs: 0 });
      expect(await onB.change('cancelRun', { runId: cancelled.id, reason: 'enough' })).toMatchObject({
        ...{ __typename: 'Run', state: 'CANCELLED' },
      });
      expect((await onA.run(cancelled.id)).state).toBe('CANCELLED');

      const asked = await onA.start(chain(ask), { waitMs: 0 });
      const { id: approvalId } = await until('the approval is open', async () => {
        const { approvals } = await onB.ask('{ approvals(state: OPEN) { nodes { id run { id } } } }', {}, 'admin');
        return approvals.nodes.find(({ run }: { run: { id: string } }) => run.id === asked.id);
      });
      expect(
        await onB.mutate('decideApproval', { approvalId, approve: true }, '... on Approval { state }', 'admin'),
      ).toEqual({
        state: 'APPROVED',
      });
      await onA.reach(asked.id, 'SUCCEEDED');
    });

    it('retry a step of a run that the other has finished', async () => {
      const run = await onA.start(chain(act('flaky', { failures: 1 })));
      expect(run.state).toBe('FAILED');
      await onB.change('retryStep', { runId: run.id, step: 'flaky' });
      await onB.reach(run.id, 'SUCCEEDED');
      await expectValidChains(a, onA.tokens.admin, [run.id]);
    });

    it('deliver the events of the other on a subscription', async () => {
      await using socket = await openSocket(a, onA.tokens.admin);
      const live = socket.watch('subscription { events { cursor events { cursor runId seq type hash } } }');
      await until('it stands', () => live.cursor);
      const { id } = await onB.start(chain(act('one')));
      await until('its end is seen', () =>
        live.events.some((event) => event.runId === id && event.type === 'RUN_STATE_CHANGED'),
      );
      const { id: long } = await onB.start(chain(sleep('rest', 300)), { waitMs: 0 });
      await using other = await openSocket(a, onA.tokens.alice);
      const one = other.watch(
        `subscription { runEvents(runId: "${long}") { cursor events { cursor runId seq type hash } } }`,
      );
      await until('it completes with the run', () => one.completed);
      expect(one.events.map(({ seq }) => seq)).toEqual(one.events.map((_, i) => i + 1));
    });

    it('return the same run for the same idempotency key', async () => {
      const input = { source: chain(act('once', { ms: 50 })), idempotencyKey: 'the-same-on-both' };
      const asked = Array.from({ length: 20 }, (_, i) => (i % 2 ? onA : onB).change('startRun', input));
      const runs = await Promise.all(asked);
      expect(runs).toEqual(runs.map(() => expect.objectContaining({ __typename: 'Run' })));
      const [{ id }] = runs;
      expect(runs.map((run) => run.id)).toEqual(runs.map(() => id));
      await onA.reach(id, 'SUCCEEDED');
      expect(effectsOf(id, 'once')).toBe(1);
    });
  });

  describe('a node that goes away', () => {
    let ownDatabase: ScratchDatabase;
    let a: Server;
    let b: Server;
    let load: Awaited<ReturnType<typeof createLoadGenerator>>;
    let recorder: Awaited<ReturnType<typeof startEventRecorder>>;
    let shared: OutsideWorld;
    beforeEach(async () => {
      ownDatabase = await createMigratedDatabase();
      // Every effect in it must be of a run in this database.
      shared = outside;
      outside = await startOutsideWorld(await mkdtemp(join(folder.path, 'outside-')));
      [a, b] = await Promise.all([startNode(ownDatabase.url), startNode(ownDatabase.url)]);
      load = await createLoadGenerator({ random: seededRandom(1), url: outside.url });
      recorder = await startEventRecorder(b.url, load.tokens.admin);
      await load.prepare(a);
    });
    afterEach(async () => {
      recorder?.stop();
      a?.process.kill('SIGCONT');
      await a?.stop('SIGKILL');
      await b?.stop('SIGKILL');
      await ownDatabase?.remove();
      await outside[Symbol.asyncDispose]();
      outside = shared;
    });
    /** `b` finishes everything that the load generator started, once. */
    const endsOnB = async () => {
      const leave = load.answerWaiting([b]);
      await load.retryUnanswered(b);
      const ends = await expectConsistent(b, { load, recorder, outside });
      await leave();
      return ends;
    };
    /** The hashes of the events of the run so far. */
    const eventsOf = async (runId: string) => {
      const document = 'query ($id: ID!) { run(id: $id) { events(first: 1000) { events { hash } } } }';
      return (await b.query(document, { id: runId }, load.tokens.admin)).data.run.events.events;
    };
    /** A run on `a` whose next step is due in some seconds and has an external effect. */
    const dueOnA = async () =>
      (await (await createTestUsers(a)).start(chain(sleep('rest', 4_000), act('then')), { waitMs: 0 })).id;

    it('has its runs taken over after a kill, and subscribers miss nothing', async () => {
      const onB = await createTestUsers(b);
      await load.start(a, 24);
      const id = await dueOnA();
      await a.stop('SIGKILL');
      await until('its run continues', async () => (await onB.run(id)).state === 'SUCCEEDED');
      load.otherRunIds.push(id);
      await endsOnB();
      // The new node signs what has ended since, whichever node signed before.
      await isSigned(b, load.tokens.admin, id);
    });

    it('hands over its runs at once when it is stopped, also a run that waits for its child', async () => {
      const onB = await createTestUsers(b);
      const id = await dueOnA();
      const outer = await (await createTestUsers(a)).start(
        chain({ id: 'inner', kind: 'workflow', workflow: 'crash_slow', input: {} } as never),
        { waitMs: 0 },
      );
      expect(await a.stop('SIGTERM')).toBe(0);
      await until('its run continues', async () => (await onB.run(id)).state === 'SUCCEEDED');
      await onB.reach(outer.id, 'SUCCEEDED');
      const [inner] = (await onB.run(outer.id)).children.nodes;
      load.otherRunIds.push(id, outer.id, inner.id);
      await endsOnB();
    });

    it('can change nothing after its lease expired while it was suspended, and continues to serve', async () => {
      const onA = await createTestUsers(a);
      const onB = await createTestUsers(b);
      await load.start(a, 12);
      const id = await dueOnA();
      // One has an effect at this moment, and would record its outcome.
      const running = await onA.start(chain(act('now', { ms: 3_000 }, { retry })), { waitMs: 0 });
      await until('it acts', () => effectsOf(running.id, 'now') === 1);
      a.process.kill('SIGSTOP');
      for (const one of [id, running.id])
        await until('the other node continues', async () => (await onB.run(one)).state === 'SUCCEEDED');
      expect(effectsOf(running.id, 'now')).toBe(2);
      const before = [await eventsOf(id), await eventsOf(running.id)];
      a.process.kill('SIGCONT');
      await until('it knows that its lease is lost', () => a.logged('lease.lost').length > 0);

      const later = await until('it serves again', async () => {
        const run = await onA.start(chain(act('later')));
        return run.state === 'SUCCEEDED' && run;
      });
      await until('both read it', async () => (await onB.run(later.id))?.state === 'SUCCEEDED');
      expect([await eventsOf(id), await eventsOf(running.id)]).toEqual(before);
      expect([effectsOf(id, 'then'), effectsOf(running.id, 'now')]).toEqual([1, 2]);
      load.otherRunIds.push(id, running.id, later.id);
      await endsOnB();
    });
  });

  describe('idle nodes', () => {
    it('query the database less than once a second, all together', async () => {
      const ownDatabase = await createMigratedDatabase();
      try {
        await using proxy = await startDatabaseProxy(ownDatabase.url);
        await using one = await startNode(proxy.url);
        await using _other = await startNode(proxy.url);
        const users = await createTestUsers(one);
        const run = await users.start(chain(sleep('short', 50)));
        await isSigned(one, users.tokens.admin, run.id);
        expect(proxy.answered).toBeGreaterThan(20);
        // On a busy machine they need a while to finish what the run has left to do.
        const rates: number[] = [];
        await until('they are idle', async () => {
          const [before, began] = [proxy.answered, performance.now()];
          await pause(IDLE_MS);
          const rate = (1_000 * (proxy.answered - before)) / (performance.now() - began);
          rates.push(rate);
          return rate < 1;
        });
        if (process.env.SHOW_NUMBERS) console.log(`two idle nodes: ${rates} queries per second`);
      } finally {
        await ownDatabase.remove();
      }
    });
  });
});
