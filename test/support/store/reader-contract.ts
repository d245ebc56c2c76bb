import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/core/ids.ts';
import type { Scope } from '../../../src/core/principal.ts';
import type { ArtifactRecord, RunRecord } from '../../../src/core/run.ts';
import type { Page, PageArgs } from '../../../src/core/store-reader.ts';
import type { Store } from '../../../src/store/open-store.ts';
import { type StoreHarness, useStore } from './harness.ts';
import { artifactCreated, finished, plannedStep, runCreated, sha256, textOutput, user } from './sample-events.ts';

interface Seeded {
  readonly tenant: string;
  readonly subject: string;
  readonly runId: string;
  readonly childId: string;
  readonly stepId: string;
  readonly artifactId: string;
  readonly artifactDigest: string;
  readonly outputDigest: string;
}

const exactly = (count: number) => ({ count, isExact: true });
const OWNERS = [
  ['default', 'alice'],
  ['default', 'bob'],
  ['other', 'alice'],
  ['other', 'bob'],
] as const;

/** What every reader promises: nothing crosses a scope, and lists page by Relay's rules. */
export function readerContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('the reader', () => {
    const suite = useStore(makeHarness);
    const seeded: Seeded[] = [];
    beforeAll(async () => {
      for (const [tenant, subject] of OWNERS) seeded.push(await seed(suite.store, tenant, subject));
    });

    it('returns only what the scope covers, with every method', async () => {
      const { reader } = suite.store;
      for (const mine of seeded) {
        for (const [tenant] of OWNERS) {
          for (const subject of ['alice', 'bob', undefined]) {
            const scope: Scope = { tenant, ...(subject !== undefined && { subject }) };
            const sees = tenant === mine.tenant && (subject === undefined || subject === mine.subject);
            const found = {
              run: (await reader.run(scope, mine.runId))?.id,
              snapshot: (await reader.snapshot(scope, mine.runId))?.run.id,
              steps: (await reader.steps(scope, mine.runId)).map(({ id }) => id),
              step: (await reader.step(scope, mine.stepId))?.id,
              runs: ids(await reader.runs(scope, {}, {})).includes(mine.runId),
              runsByText: ids(await reader.runs(scope, { text: mine.runId }, {})),
              children: ids(await reader.children(scope, mine.runId, {})),
              artifacts: ids(await reader.artifacts(scope, mine.runId, {})),
              artifact: (await reader.artifact(scope, mine.artifactId))?.id,
              artifactByDigest: (await reader.artifactByDigest(scope, mine.artifactDigest))?.id,
              text: (await reader.content(scope, mine.outputDigest))?.kind,
              bytes: (await reader.content(scope, mine.artifactDigest))?.kind,
              events: (await Array.fromAsync(reader.eventsOf(scope, mine.runId))).length,
              verified: (await suite.store.verifyRun(scope, mine.runId))?.valid,
            };
            expect(found).toEqual({
              run: sees ? mine.runId : undefined,
              snapshot: sees ? mine.runId : undefined,
              steps: sees ? [mine.stepId] : [],
              step: sees ? mine.stepId : undefined,
              runs: sees,
              runsByText: sees ? [mine.runId] : [],
              children: sees ? [mine.childId] : [],
              artifacts: sees ? [mine.artifactId] : [],
              artifact: sees ? mine.artifactId : undefined,
              artifactByDigest: sees ? mine.artifactId : undefined,
              text: sees ? 'text' : undefined,
              bytes: sees ? 'artifact' : undefined,
              events: sees ? 5 : 0,
              verified: sees ? true : undefined,
            });
          }
        }
        const key = `key of ${mine.subject}`;
        expect((await reader.runByIdempotencyKey(mine.tenant, mine.subject, key))?.id).toBe(mine.runId);
        expect(await reader.runByIdempotencyKey(mine.tenant, 'carol', key)).toBeUndefined();
      }
    });

    it('counts only what the scope covers', async () => {
      for (const [scope, total] of [
        [{ tenant: 'default' }, 4],
        [{ tenant: 'default', subject: 'bob' }, 2],
        [{ tenant: 'default', subject: 'carol' }, 0],
      ] as const) {
        expect(await (await suite.store.reader.runs(scope, {}, {})).totalCount()).toEqual(exactly(total));
        expect(await (await suite.store.reader.runs(scope, { text: 'run_' }, {})).totalCount()).toEqual(exactly(total));
      }
    });

    it('pages through thousands of runs in both directions, filtered or not', async () => {
      const scope = { tenant: 'many' };
      const all = Array.from({ length: 4_300 }, () =>
        newId('run', Date.now() + Math.floor(Math.random() * 1e6)),
      ).sort();
      // Some of them where the windows of a search end.
      const isRare = (n: number) => n % 71 === 0 || [299, 300, 301, 1999, 2000, 2001, 2299, 2300, 2301].includes(n);
      const goals = new Map(all.map((id, n) => [id, isRare(n) ? 'rare' : 'usual']));
      await Promise.all(
        all.map((id) =>
          suite.store.journal.append(id, 1, [
            runCreated({ principal: user('many'), goal: goals.get(id) ?? '', steps: [] }),
          ]),
        ),
      );
      const newestFirst = all.toReversed();
      const rare = newestFirst.filter((id) => goals.get(id) === 'rare');
      for (const [filter, expected] of [
        [{}, newestFirst],
        [{ text: 'rare' }, rare],
      ] as const) {
        const list = (page: PageArgs) => suite.store.reader.runs(scope, filter, page);
        expect(await (await list({ first: 0 })).totalCount()).toEqual(exactly(expected.length));

        const forwards: string[] = [];
        for (let after: string | undefined, more = true; more && forwards.length < 450; ) {
          const page = await list({ first: 97, ...(after !== undefined && { after }) });
          expect(page.hasPreviousPage).toBe(after !== undefined);
          forwards.push(...ids(page));
          after = page.edges.at(-1)?.cursor;
          more = page.hasNextPage;
        }
        expect(forwards).toEqual(expected.slice(0, forwards.length));
        expect(forwards.length).toBeGreaterThanOrEqual(rare.length);

        const backwards: string[] = [];
        for (let before: string | undefined, more = true; more && backwards.length < 450; ) {
          const page = await list({ last: 97, ...(before !== undefined && { before }) });
          expect(page.hasNextPage).toBe(before !== undefined);
          backwards.unshift(...ids(page));
          before = page.edges[0]?.cursor;
          more = page.hasPreviousPage;
        }
        expect(backwards).toEqual(expected.slice(-backwards.length));
        expect(backwards.length).toBeGreaterThanOrEqual(rare.length);
      }
    });

    it('pages by cursors between two others, and returns an empty page if there is nothing', async () => {
      const runId = newId('run');
      const artifacts = Array.from({ length: 7 }, (_, n) => artifactCreated(`artifact ${n}`));
      await suite.store.journal.append(runId, 1, [runCreated(), ...artifacts]);
      const list = (page: PageArgs) => suite.store.reader.artifacts({ tenant: 'default' }, runId, page);
      const whole = await list({});
      expect([whole.hasNextPage, whole.hasPreviousPage, (await whole.totalCount()).count]).toEqual([false, false, 7]);
      const cursor = (n: number) => whole.edges[n]?.cursor as string;
      const between = await list({ after: cursor(1), before: cursor(5), first: 2 });
      expect(ids(between)).toEqual(ids(whole).slice(2, 4));
      expect([between.hasNextPage, between.hasPreviousPage]).toEqual([true, true]);
      expect(ids(await list({ after: cursor(1), before: cursor(5), last: 2 }))).toEqual(ids(whole).slice(3, 5));
      expect(await list({ first: 0 })).toMatchObject({ edges: [], hasNextPage: true });
      expect(await list({ after: cursor(6) })).toMatchObject({ edges: [], hasNextPage: false });
    });

    it('rejects page sizes out of bounds and invalid cursors', async () => {
      const scope = { tenant: 'default' };
      const artifact = (await suite.store.reader.artifacts(scope, seeded[0]?.runId as string, {})).edges[0]
        ?.cursor as string;
      const wrong: PageArgs[] = [
        { first: 101 },
        { first: -1 },
        { last: 1.5 },
        { first: 1, last: 1 },
        { after: '' },
        { after: 'k1.' },
        { before: `${artifact}=` },
        { after: artifact },
        { after: `k1.${Buffer.from("run_' OR 1=1").toString('base64url')}` },
      ];
      for (const page of wrong) {
        await expect(suite.store.reader.runs(scope, {}, page), JSON.stringify(page)).rejects.toMatchObject({
          code: 'BAD_INPUT',
        });
      }
    });

    it('sees what was written before the call', async () => {
      for (let n = 0; n < 20; n += 1) {
        const runId = newId('run');
        await suite.store.journal.append(runId, 1, [runCreated()]);
        expect((await suite.store.reader.run({ tenant: 'default' }, runId))?.seq).toBe(1);
      }
    });

    it('returns all events of a run to the node that takes it over', async () => {
      for (const { runId } of seeded) {
        const events = await Array.fromAsync(suite.store.reader.history(runId));
        expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
      }
      await suite.store.reader.ping();
    });
  });

  describe('accounts', () => {
    it('are found by username and replaced as a whole', async () => {
      const harness = await makeHarness();
      const store = await harness.open();
      const account = { ...user(), username: 'alice', passwordHash: 'scrypt$1' };
      await store.accounts.put(account);
      await store.accounts.put({ ...user('other', 'bob'), username: 'bob', passwordHash: 'scrypt$2' });
      const changed = { ...account, roles: ['admin', 'user'], tenant: 'other', passwordHash: 'scrypt$3' };
      await store.accounts.put(changed);
      await expect(store.accounts.put({ ...account, username: 'alice2' })).rejects.toMatchObject({
        code: 'CONFLICT',
      });
      await store.close();
      const again = await harness.open();
      expect(await again.accounts.find('alice')).toEqual(changed);
      expect(await again.accounts.find('Alice')).toBeUndefined();
      await again.close();
      await harness.remove();
    });
  });
}

function ids(page: Page<RunRecord | ArtifactRecord>): string[] {
  return page.edges.map(({ node }) => node.id);
}

async function seed(store: Store, tenant: string, subject: string): Promise<Seeded> {
  const name = `${tenant} ${subject}`;
  const principal = user(tenant, subject);
  const step = plannedStep('one');
  const artifact = artifactCreated(`artifact of ${name}`);
  const output = textOutput(`output of ${name}`);
  const [runId, childId] = [newId('run'), newId('run')];
  await store.journal.append(runId, 1, [
    runCreated({ principal, steps: [step], idempotencyKey: `key of ${subject}` }),
    artifact,
    ...finished(output),
  ]);
  await store.journal.append(childId, 1, [runCreated({ principal, parentId: runId })]);
  const artifactId = artifact.type === 'ARTIFACT_CREATED' ? artifact.payload.id : '';
  const artifactDigest = sha256(`artifact of ${name}`);
  return { tenant, subject, runId, childId, stepId: step.id, artifactId, artifactDigest, outputDigest: output.digest };
}
