import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUOTAS, type QuotaLimits, type QuotaName } from '../../../src/core/accounts/accounts.ts';
import type { NewEvent } from '../../../src/core/event.ts';
import { newId } from '../../../src/core/ids.ts';
import type { User } from '../../../src/core/principal.ts';
import type { RunState } from '../../../src/core/states.ts';
import type { Store } from '../../../src/store/open-store.ts';
import type { StoreHarness } from './harness.ts';
import { artifactCreated, runCreated, user } from './sample-events.ts';

const at = new Date('2026-11-20T10:00:00Z');
const runId = newId('run');
const LIMITS = {
  ...QUOTAS,
  workflows: { principal: 2, tenant: 3 },
  workflowVersions: { principal: 3, tenant: 30 },
  workflowSaves: { principal: 6, tenant: 60 },
  schedules: { principal: 1, tenant: 10 },
  scheduledStarts: { principal: 5, tenant: 100 },
  memoryEntries: { principal: 2, tenant: 100 },
  memoryBytes: { principal: 20, tenant: 1_000 },
  uploadBytes: { principal: 100, tenant: 1_000 },
} satisfies Record<QuotaName, QuotaLimits>;

/** What every store promises of quotas: they hold exactly, name who holds what, and are given back. */
export function quotaContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('quotas', () => {
    let harness: StoreHarness;
    /** One server; a second one on the same database, where several may use it. */
    let store: Store;
    let second: Store | undefined;
    let tenants = 0;
    beforeAll(async () => {
      harness = await makeHarness();
      store = await harness.open({ quotas: LIMITS });
      if (harness.kind === 'postgres') second = await harness.open({ quotas: LIMITS });
    });
    afterAll(async () => {
      await second?.close();
      await store.close();
      await harness.remove();
    });

    const newUsers = () => {
      tenants += 1;
      const tenant = `quota-${tenants}`;
      return [user(tenant, 'alice'), user(tenant, 'bob')] as const;
    };
    const save = (who: User, name: string, yaml = name, startsPerHour?: number, on = store) =>
      on.workflows.save(
        { tenant: who.tenant, name, yaml, document: {}, inputs: {}, createdAt: at, createdBy: who },
        startsPerHour === undefined ? undefined : { rule: {}, nextAt: at, startsPerHour },
      );
    const remember = (who: User, text: string, id = newId('call')) =>
      store.memories.append(who, 'notes', { id, text, at, runId });
    const usedOf = async (who: User, quota: QuotaName) => (await store.quotaUsage.used(who, at)).get(quota)?.principal;
    const exceeded = (quota: QuotaName, limit: number, used: number, holder: { kind: string; name: string }) =>
      expect.objectContaining({
        code: 'THROTTLED',
        message: expect.stringContaining(
          `quota ${quota} of the ${holder.kind === 'tenant' ? 'tenant' : 'user'} ${holder.name}`,
        ),
        details: expect.objectContaining({ quota, limit, used, holder }),
      });
    const alice = { kind: 'principal', name: 'alice-name' };

    /** Uses a quota up to its limit of `alice`, then once more, and makes room again. */
    const CASES: readonly [
      QuotaName,
      number,
      number,
      (who: User) => Promise<unknown>,
      (who: User) => Promise<unknown>,
      ((who: User) => Promise<unknown>)?,
    ][] = [
      [
        'workflows',
        2,
        2,
        async (who) => [await save(who, 'a'), await save(who, 'b')],
        (who) => save(who, 'c'),
        (who) => store.workflows.remove(who.tenant, 'a'),
      ],
      [
        'workflowVersions',
        3,
        3,
        async (who) => [await save(who, 'a'), await save(who, 'a', '2'), await save(who, 'a', '3')],
        (who) => save(who, 'a', '4'),
        (who) => store.workflows.remove(who.tenant, 'a'),
      ],
      [
        'schedules',
        1,
        1,
        (who) => save(who, 'a', 'a', 1),
        (who) => save(who, 'b', 'b', 1),
        (who) => save(who, 'a', 'without'),
      ],
      ['scheduledStarts', 5, 0, async () => {}, (who) => save(who, 'b', 'b', 6), async () => LIMITS],
      [
        'memoryEntries',
        2,
        2,
        async (who) => [await remember(who, 'a'), await remember(who, 'b')],
        (who) => remember(who, 'c'),
        (who) => store.memories.remove(who, 'notes', false),
      ],
      [
        'memoryBytes',
        20,
        12,
        (who) => remember(who, '0123456789'),
        (who) => remember(who, '0123456'),
        (who) => store.memories.remove(who, 'notes', false),
      ],
      [
        'uploadBytes',
        100,
        60,
        (who) => store.quotaUsage.take(who, 'uploadBytes', 60, at),
        (who) => store.quotaUsage.take(who, 'uploadBytes', 41, at),
        (who) => store.quotaUsage.take(who, 'uploadBytes', -1, at),
      ],
    ];

    it.each(CASES)(
      '%s: refuses more than %d, with %d used, and names the holder',
      async (quota, limit, used, use, more, release) => {
        const [who, other] = newUsers();
        await use(who);
        expect(await usedOf(who, quota)).toBe(used);
        await expect(more(who)).rejects.toEqual(exceeded(quota, limit, used, alice));
        expect(await usedOf(who, quota)).toBe(used);
        if (quota !== 'scheduledStarts') await more(other);
        if (!release) return;
        await release(who);
        if (quota !== 'scheduledStarts') await more(who);
      },
    );

    it('workflowSaves: counts deleted workflows too, until the next day', async () => {
      const [who] = newUsers();
      for (let count = 0; count < 6; count += 1) {
        await save(who, 'a', `${count}`);
        await store.workflows.remove(who.tenant, 'a');
      }
      await expect(save(who, 'a', 'last')).rejects.toEqual(exceeded('workflowSaves', 6, 6, alice));
      const tomorrow = new Date(at.getTime() + 86_400_000);
      expect((await store.quotaUsage.used(who, tomorrow)).get('workflowSaves')).toEqual({ principal: 0, tenant: 0 });
      await store.workflows.save({
        tenant: who.tenant,
        name: 'a',
        yaml: 'x',
        document: {},
        inputs: {},
        createdAt: tomorrow,
        createdBy: who,
      });
    });

    it('of a tenant are shared by its principals, and refused in its name', async () => {
      const [who, other] = newUsers();
      await save(who, 'a');
      await save(who, 'b');
      await save(other, 'c');
      await expect(save(other, 'd')).rejects.toEqual(exceeded('workflows', 3, 3, { kind: 'tenant', name: who.tenant }));
      const [stranger] = newUsers();
      await save(stranger, 'd');
    });

    it('hold exactly when many, also on two servers, save at once', async () => {
      const [who, other] = newUsers();
      const saves = Array.from({ length: 16 }, (_, n) =>
        save(n % 2 ? who : other, `w${n}`, 'x', 1, n % 3 ? store : (second ?? store)),
      );
      const saved = (await Promise.allSettled(saves)).filter(({ status }) => status === 'fulfilled');
      expect(saved).toHaveLength(2);
      const [row] = await harness.query<{ n: number | string }>(
        'SELECT count(*) AS n FROM workflows WHERE tenant = ?',
        who.tenant,
      );
      expect(Number(row?.n)).toBe(2);
    });

    it('take no notice of a run that repeats what it recorded', async () => {
      const [who] = newUsers();
      const id = newId('call');
      await remember(who, 'once', id);
      await remember(who, 'once', id);
      expect(await usedOf(who, 'memoryEntries')).toBe(1);
    });

    it('count what the rows are, whatever was saved, deleted, recorded and removed', async () => {
      const action = fc.oneof(
        fc.record({
          kind: fc.constantFrom('save', 'delete', 'remember', 'forget', 'forgetAll'),
          who: fc.nat(1),
          name: fc.constantFrom('a', 'b', 'c'),
          starts: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
        }),
        fc.record({ kind: fc.constantFrom('wait', 'wake', 'end', 'artifact'), who: fc.nat(1), run: fc.nat(2) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 30 }), async (actions) => {
          const users = newUsers();
          const runs = new Map<string, { id: string; state: RunState; seq: number }>();
          for (const [n, step] of actions.entries()) {
            const who = users[step.who] as User;
            if ('name' in step) {
              if (step.kind === 'remember') await remember(who, `${n}`).catch(ignoreQuota);
              else if (step.kind === 'forget') await store.memories.remove(who, 'notes', false);
              else if (step.kind === 'forgetAll') await store.memories.remove(who, 'notes', true);
              else if (step.kind === 'delete') await store.workflows.remove(who.tenant, step.name);
              else await save(who, step.name, `${n}`, step.starts).catch(ignoreQuota);
              continue;
            }
            const key = `${step.who}/${step.run}`;
            const run = runs.get(key) ?? { id: newId('run'), state: 'PENDING' as RunState, seq: 1 };
            const events: NewEvent[] = runs.has(key) ? [] : [runCreated({ principal: who }, at)];
            const to = ({ wait: 'WAITING', wake: 'RUNNING', end: 'SUCCEEDED', artifact: undefined } as const)[
              step.kind as 'wait'
            ];
            if (run.state === 'SUCCEEDED') continue;
            if (to) events.push({ type: 'RUN_STATE_CHANGED', at, payload: { from: run.state, to } } as NewEvent);
            else events.push(artifactCreated('x'.repeat(n)));
            await store.journal.append(run.id, run.seq, events);
            runs.set(key, { id: run.id, state: to ?? run.state, seq: run.seq + events.length });
          }
          expect(await countersOf(users[0].tenant)).toEqual(await rowsOf(users[0].tenant));
        }),
        { numRuns: 15 },
      );
    });

    const countersOf = async (tenant: string) => {
      const rows = await harness.query<{ subject: string; quota: string; used: number | string }>(
        "SELECT subject, quota, used FROM quota_usage WHERE tenant = ? AND day = '' AND used <> 0",
        tenant,
      );
      return Object.fromEntries(rows.map(({ subject, quota, used }) => [`${quota}/${subject}`, Number(used)]));
    };

    /** The same, counted. */
    const rowsOf = async (tenant: string) => {
      const counts: Record<string, number> = {};
      const add = (quota: QuotaName, subject: string, amount: number) => {
        for (const holder of ['', subject])
          if (amount > 0) counts[`${quota}/${holder}`] = (counts[`${quota}/${holder}`] ?? 0) + amount;
      };
      const subjectOf = (json: string) => (JSON.parse(json) as User).subject;
      const workflows = await harness.query<{ name: string; createdBy: string }>(
        'SELECT name, created_by AS "createdBy" FROM workflows WHERE tenant = ? AND deleted_at IS NULL ORDER BY version',
        tenant,
      );
      for (const [n, { name, createdBy }] of workflows.entries()) {
        add('workflowVersions', subjectOf(createdBy), 1);
        if (workflows.findIndex((each) => each.name === name) === n) add('workflows', subjectOf(createdBy), 1);
      }
      const schedules = await harness.query<{ principal: string; starts: number }>(
        'SELECT principal, starts_per_hour AS starts FROM schedules WHERE tenant = ?',
        tenant,
      );
      for (const { principal, starts } of schedules) {
        add('schedules', subjectOf(principal), 1);
        add('scheduledStarts', subjectOf(principal), starts);
      }
      const waiting = await harness.query<{ subject: string }>(
        "SELECT subject FROM runs WHERE tenant = ? AND state = 'WAITING'",
        tenant,
      );
      for (const { subject } of waiting) add('runsWaiting', subject, 1);
      const memories = await harness.query<{ subject: string; text: string }>(
        'SELECT subject, text FROM memories WHERE tenant = ?',
        tenant,
      );
      for (const { subject, text } of memories) {
        add('memoryEntries', subject, 1);
        add('memoryBytes', subject, Buffer.byteLength(text));
      }
      const artifacts = await harness.query<{ subject: string; size: number | string }>(
        'SELECT r.subject, a.size FROM artifacts a JOIN runs r ON r.id = a.run_id WHERE a.tenant = ?',
        tenant,
      );
      for (const { subject, size } of artifacts) {
        add('artifacts', subject, 1);
        add('artifactBytes', subject, Number(size));
      }
      return counts;
    };
  });
}

function ignoreQuota(error: { readonly code?: string }): void {
  if (error.code !== 'THROTTLED') throw error;
}
