import { describe, expect, it } from 'vitest';
import { idPrefix } from '../../../src/core/ids.ts';
import type { WorkflowRecord } from '../../../src/core/workflows/workflows.ts';
import { type StoreHarness, useStore } from './harness.ts';
import { user } from './sample-events.ts';

type Draft = Omit<WorkflowRecord, 'id' | 'version'>;

/** What every store promises of saved workflows and their schedules. */
export function workflowContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('saved workflows', () => {
    const suite = useStore(makeHarness);
    let tenants = 0;

    const newTenant = () => {
      tenants += 1;
      return `tenant-${tenants}`;
    };
    const draft = (tenant: string, more: Partial<Draft> = {}): Draft => ({
      tenant,
      name: 'report',
      description: 'Makes a report',
      yaml: 'name: report # é',
      document: { name: 'report', steps: [{ id: 'one', input: { nul: '\u0000' } }] },
      inputs: { type: 'object' },
      createdAt: new Date('2026-11-20T10:00:00.007Z'),
      createdBy: user(tenant),
      ...more,
    });
    const nextAt = new Date('2026-12-01T02:00:00.000Z');
    const rule = { cron: '0 2 * * *', timeZone: 'Europe/Warsaw' };

    it('are returned as they were saved, with an id and version 1', async () => {
      const tenant = newTenant();
      const { description: _, ...plain } = draft(tenant, { name: 'plain' });
      for (const given of [draft(tenant), plain]) {
        const saved = await suite.store.workflows.save(given);
        expect(saved).toEqual({ ...given, id: saved.id, version: 1 });
        expect(idPrefix(saved.id)).toBe('wf');
        expect(await suite.store.workflows.find(tenant, given.name)).toEqual(saved);
        expect(await suite.store.workflows.byId(tenant, saved.id)).toEqual(saved);
        expect(await suite.store.workflows.byId('other', saved.id)).toBeUndefined();
        expect(await suite.store.workflows.find('other', given.name)).toBeUndefined();
      }
    });

    it('get a new version only for another text', async () => {
      const tenant = newTenant();
      const first = await suite.store.workflows.save(draft(tenant));
      expect(await suite.store.workflows.save(draft(tenant, { createdAt: new Date() }))).toEqual(first);
      const second = await suite.store.workflows.save(draft(tenant, { yaml: 'name: report # two' }));
      expect(second).toMatchObject({ version: 2, yaml: 'name: report # two' });
      expect(await suite.store.workflows.save(draft(tenant))).toMatchObject({ version: 3 });
      expect(await suite.store.workflows.byId(tenant, first.id)).toEqual(first);
      expect(await suite.store.workflows.find(tenant, 'report')).toMatchObject({ version: 3 });
    });

    it('name everybody who saved a version, once', async () => {
      const tenant = newTenant();
      const { workflows } = suite.store;
      const by = (subject: string, yaml: string) =>
        workflows.save(draft(tenant, { yaml, createdBy: { ...user(tenant), subject } }));
      for (const [subject, yaml] of [
        ['ada', '1'],
        ['bob', '2'],
        ['ada', '3'],
      ] as const) {
        await by(subject, yaml);
      }
      expect((await workflows.authors(tenant, 'report')).toSorted()).toEqual(['ada', 'bob']);
      expect(await workflows.authors('other', 'report')).toEqual([]);
      await workflows.remove(tenant, 'report');
      expect(await workflows.authors(tenant, 'report')).toEqual([]);
    });

    it('keep the versions of their parts, and get a new version for another one', async () => {
      const tenant = newTenant();
      const first = await suite.store.workflows.save(draft(tenant, { parts: { b: 2, a: 1 } }));
      expect(first.parts).toEqual({ a: 1, b: 2 });
      expect(await suite.store.workflows.save(draft(tenant, { parts: { a: 1, b: 2 } }))).toEqual(first);
      const second = await suite.store.workflows.save(draft(tenant, { parts: { a: 1, b: 3 } }));
      expect(second).toMatchObject({ version: 2, parts: { a: 1, b: 3 } });
      expect(await suite.store.workflows.findVersion(tenant, 'report', 1)).toEqual(first);
      expect(await suite.store.workflows.findVersion(tenant, 'report', 3)).toBeUndefined();
      await suite.store.workflows.remove(tenant, 'report');
      expect(await suite.store.workflows.findVersion(tenant, 'report', 1)).toBeUndefined();
    });

    it('are listed, newest first, until the workflow is deleted', async () => {
      const tenant = newTenant();
      const { workflows } = suite.store;
      for (const text of ['one', 'two', 'three'])
        await workflows.save(draft(tenant, { yaml: `name: report # ${text}` }));
      await workflows.save(draft(newTenant()));
      const page = await workflows.versions(tenant, 'report', { first: 2 });
      expect(page.edges.map(({ node }) => node.version)).toEqual([3, 2]);
      expect(page.hasNextPage).toBe(true);
      await workflows.remove(tenant, 'report');
      expect((await workflows.versions(tenant, 'report', { first: 2 })).edges).toEqual([]);
    });

    it('are neither replaced nor removed when the caller refuses what is there', async () => {
      const tenant = newTenant();
      const refuse = (present?: WorkflowRecord) => {
        if (present) throw new Error(`${present.name} ${present.version} stays`);
      };
      const schedule = { rule, nextAt, startsPerHour: 1 };
      await suite.store.workflows.save(draft(tenant), schedule, refuse);
      const save = suite.store.workflows.save(draft(tenant, { yaml: 'name: report # two' }), undefined, refuse);
      await expect(save).rejects.toThrow('report 1 stays');
      await expect(suite.store.workflows.remove(tenant, 'report', refuse)).rejects.toThrow('report 1 stays');
      expect(await suite.store.workflows.find(tenant, 'report')).toMatchObject({ version: 1 });
      expect(await suite.store.schedules.find(tenant, 'report')).toMatchObject({ nextAt });
    });

    it('are only checked on request: what a save would throw is thrown, and nothing is saved', async () => {
      const tenant = newTenant();
      const refuse = (present?: WorkflowRecord) => {
        if (present) throw new Error(`${present.name} ${present.version} stays`);
      };
      await suite.store.workflows.checkSave(draft(tenant), { rule, nextAt, startsPerHour: 1 }, refuse);
      expect(await suite.store.workflows.find(tenant, 'report')).toBeUndefined();
      expect(await suite.store.schedules.find(tenant, 'report')).toBeUndefined();
      expect((await suite.store.quotaUsage.used(user(tenant), nextAt)).get('workflows')).toMatchObject({ tenant: 0 });
      const first = await suite.store.workflows.save(draft(tenant));
      const other = draft(tenant, { yaml: 'name: report # two' });
      await expect(suite.store.workflows.checkSave(other, undefined, refuse)).rejects.toThrow('report 1 stays');
      await suite.store.workflows.checkSave(other);
      await suite.store.workflows.checkSave(draft(tenant));
      expect(await suite.store.workflows.find(tenant, 'report')).toEqual(first);
    });

    it('keep their versions apart from those of the same name in another tenant', async () => {
      const [one, two] = [newTenant(), newTenant()];
      await suite.store.workflows.save(draft(one));
      await suite.store.workflows.save(draft(one, { yaml: 'name: report # two' }));
      expect(await suite.store.workflows.save(draft(two))).toMatchObject({ version: 1 });
    });

    it('get every version once, even if many are saved at the same time', async () => {
      const tenant = newTenant();
      const texts = Array.from({ length: 12 }, (_, index) => `name: report # ${index % 10}`);
      // On PostgreSQL a second node saves too.
      const other = suite.harness.kind === 'postgres' ? await suite.harness.open() : undefined;
      const saved = await Promise.all(
        texts.map((yaml, index) => (index % 2 && other ? other : suite.store).workflows.save(draft(tenant, { yaml }))),
      );
      await other?.close();
      const versions = new Map(saved.map(({ id, version }) => [id, version]));
      expect([...versions.values()].sort((a, b) => a - b)).toEqual(Array.from(versions, (_, index) => index + 1));
      expect(versions.size).toBeGreaterThanOrEqual(10);
      const rows = await suite.harness.query('SELECT version FROM workflows WHERE tenant = ?', tenant);
      expect(rows).toHaveLength(versions.size);
    });

    it('are listed by their newest version, the newest first, page by page', async () => {
      const tenant = newTenant();
      const ids: string[] = [];
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        await suite.store.workflows.save(draft(tenant, { name }));
        ids.unshift((await suite.store.workflows.save(draft(tenant, { name, yaml: `name: ${name}` }))).id);
      }
      await suite.store.workflows.save(draft(newTenant()));
      const all = await suite.store.workflows.list(tenant, {});
      expect(all.edges.map(({ node }) => [node.id, node.version])).toEqual(ids.map((id) => [id, 2]));
      expect(await all.totalCount()).toEqual({ count: 5, isExact: true });
      const first = await suite.store.workflows.list(tenant, { first: 2 });
      expect(first.edges.map(({ node }) => node.id)).toEqual(ids.slice(0, 2));
      const after = first.edges[1]?.cursor ?? '';
      const second = await suite.store.workflows.list(tenant, { first: 10, after });
      expect(second.edges.map(({ node }) => node.id)).toEqual(ids.slice(2));
      const last = await suite.store.workflows.list(tenant, { last: 2, before: after });
      expect(last.edges.map(({ node }) => node.id)).toEqual(ids.slice(0, 1));
      expect([first.hasNextPage, second.hasNextPage, second.hasPreviousPage]).toEqual([true, false, true]);
      await expect(suite.store.workflows.list(tenant, { after: 'k1.x' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    });

    it('disappear when they are removed, except for their versions, and can be saved again', async () => {
      const tenant = newTenant();
      const first = await suite.store.workflows.save(draft(tenant));
      const second = await suite.store.workflows.save(draft(tenant, { yaml: 'two' }), {
        rule,
        nextAt,
        startsPerHour: 1,
      });
      expect(await suite.store.workflows.remove(tenant, 'report')).toEqual(second);
      expect(await suite.store.workflows.remove(tenant, 'report')).toBeUndefined();
      expect(await suite.store.workflows.find(tenant, 'report')).toBeUndefined();
      expect((await suite.store.workflows.list(tenant, {})).edges).toEqual([]);
      expect(await (await suite.store.workflows.list(tenant, {})).totalCount()).toEqual({ count: 0, isExact: true });
      expect(await suite.store.schedules.find(tenant, 'report')).toBeUndefined();
      expect(await suite.store.workflows.byId(tenant, first.id)).toEqual(first);
      expect(await suite.store.workflows.save(draft(tenant, { yaml: 'two' }))).toMatchObject({ version: 3 });
      expect(await suite.store.workflows.find(tenant, 'report')).toMatchObject({ version: 3 });
      expect((await suite.store.workflows.list(tenant, {})).edges).toHaveLength(1);
    });

    it('are removed by one of many callers at the same time', async () => {
      const tenant = newTenant();
      await suite.store.workflows.save(draft(tenant));
      const removed = await Promise.all(
        Array.from({ length: 5 }, () => suite.store.workflows.remove(tenant, 'report')),
      );
      expect(removed.filter(Boolean)).toHaveLength(1);
    });

    it('are scheduled as their newest version says', async () => {
      const tenant = newTenant();
      const first = await suite.store.workflows.save(draft(tenant), { rule, nextAt, startsPerHour: 1 });
      const schedule = { tenant, name: 'report', workflowId: first.id, rule, principal: user(tenant), nextAt };
      expect(await suite.store.schedules.find(tenant, 'report')).toEqual(schedule);
      await suite.store.workflows.save(draft(tenant), { rule, nextAt: new Date(), startsPerHour: 1 });
      expect(await suite.store.schedules.find(tenant, 'report')).toEqual(schedule);
      const second = await suite.store.workflows.save(draft(tenant, { yaml: 'two' }), {
        rule,
        nextAt,
        startsPerHour: 1,
      });
      expect(await suite.store.schedules.find(tenant, 'report')).toEqual({ ...schedule, workflowId: second.id });
      await suite.store.workflows.save(draft(tenant, { yaml: 'three' }));
      expect(await suite.store.schedules.find(tenant, 'report')).toBeUndefined();
    });

    it('are paused and resumed, unless the caller refuses what is there', async () => {
      const tenant = newTenant();
      const { schedules, workflows } = suite.store;
      const saved = await workflows.save(draft(tenant), { rule, nextAt: new Date(1e12), startsPerHour: 1 });
      const isDue = async () => (await schedules.due(new Date(), 100)).some((due) => due.tenant === tenant);
      expect(await isDue()).toBe(true);
      const refuse = schedules.change(tenant, 'report', (_, workflow) => {
        throw new Error(`${workflow.name} ${workflow.version} stays`);
      });
      await expect(refuse).rejects.toThrow('report 1 stays');
      expect(await isDue()).toBe(true);
      const paused = await schedules.change(tenant, 'report', () => undefined);
      expect(paused).toEqual({ tenant, name: 'report', workflowId: saved.id, rule, principal: user(tenant) });
      expect(await isDue()).toBe(false);
      await workflows.save(draft(tenant, { yaml: 'name: report # two' }), { rule, nextAt, startsPerHour: 1 });
      expect((await schedules.list(tenant, {})).edges.map(({ node }) => node.nextAt)).toEqual([undefined]);
      await schedules.change(tenant, 'report', () => new Date(1e12));
      expect(await isDue()).toBe(true);
      expect(await schedules.change(tenant, 'other', () => undefined)).toBeUndefined();
      await workflows.remove(tenant, 'report');
    });

    it('are due once their time has come, the longest overdue first', async () => {
      const at = (minute: number) => new Date(Date.UTC(2020, 0, 1, 0, minute));
      const [late, later, future] = [newTenant(), newTenant(), newTenant()];
      await suite.store.workflows.save(draft(later), { rule, nextAt: at(2), startsPerHour: 1 });
      await suite.store.workflows.save(draft(future), { rule, nextAt: at(60), startsPerHour: 1 });
      await suite.store.workflows.save(draft(late), { rule, nextAt: at(1), startsPerHour: 1 });
      const due = async (limit: number) => (await suite.store.schedules.due(at(5), limit)).map(({ tenant }) => tenant);
      expect(await due(10)).toEqual([late, later]);
      expect(await due(1)).toEqual([late]);
      expect(await suite.store.schedules.nextAt()).toEqual(at(1));
    });

    it('are advanced by one of many nodes that see them due', async () => {
      const tenant = newTenant();
      await suite.store.workflows.save(draft(tenant), { rule, nextAt, startsPerHour: 1 });
      const { schedules } = suite.store;
      const found = await schedules.find(tenant, 'report');
      if (!found) throw new Error('it has no schedule');
      const schedule = { ...found, nextAt };
      const later = new Date(nextAt.getTime() + 86_400_000);
      const moved = await Promise.all(Array.from({ length: 5 }, () => suite.store.schedules.advance(schedule, later)));
      expect(moved.filter(Boolean)).toHaveLength(1);
      expect(await suite.store.schedules.find(tenant, 'report')).toEqual({ ...schedule, nextAt: later });
      const again = await suite.store.workflows.save(draft(tenant, { yaml: 'two' }), {
        rule,
        nextAt,
        startsPerHour: 1,
      });
      expect(await suite.store.schedules.advance(schedule, later)).toBe(false);
      expect(await suite.store.schedules.find(tenant, 'report')).toMatchObject({ workflowId: again.id, nextAt });
    });
  });
}
