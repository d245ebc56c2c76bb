import { beforeAll, describe, expect, it } from 'vitest';
import { type StoreHarness, useStore } from '../../../test/support/store/harness.ts';
import { onPostgres } from '../../../test/support/store/on-postgres.ts';
import { plannedStep, runCreated } from '../../../test/support/store/sample-events.ts';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';
import { newId } from '../../core/ids.ts';
import type { Scope } from '../../core/principal.ts';
import type { Page, PageArgs, TotalCount } from '../../core/store-reader.ts';

const scope = { tenant: 'default' };
const [parent, other] = [newId('run'), newId('run')];
const ITEMS = 20_000;
const VERSIONS = 5_000;

/** What every reader promises of lists that are longer than what one request may read. */
function longListsContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('long lists', () => {
    const suite = useStore(makeHarness);
    /** Adds rows that differ in their number `i`, from 1. */
    const multiply = async (table: string, count: number, columns: readonly string[], values: readonly string[]) => {
      const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
      await suite.harness.tamper(
        `${numbers} INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM n`,
      );
    };
    beforeAll(async () => {
      for (const id of [parent, other]) {
        const steps = [plannedStep('one'), plannedStep('two')];
        await suite.store.journal.append(id, 1, [runCreated({ steps })]);
      }
      const at = suite.harness.kind === 'sqlite' ? '1' : 'to_timestamp(1)';
      const padded = suite.harness.kind === 'sqlite' ? `printf('%019d', i)` : `lpad(CAST(i AS TEXT), 19, '0')`;
      const id = (prefix: string, version = 7) => `'${prefix}_${parent.slice(4, 16)}${version}' || ${padded}`;
      const common = ['id', 'tenant', 'subject', 'run_id'];
      const ofRun = (prefix: string, version = 7) => [id(prefix, version), `'default'`, `'alice'`, `'${parent}'`];
      const artifact = ['digest', 'name', 'media_type', 'size', 'created_at'];
      await multiply('artifacts', 10_000, [...common, ...artifact], [...ofRun('art'), `'d'`, `'n'`, `'t'`, '1', at]);
      const approval = ['step', 'state', 'reason', 'roles', 'requested_at'];
      const ofStep = [`'one[' || i || ']'`, `'OPEN'`, `''`, `'[]'`, at];
      await multiply('approvals', 10_001, [...common, ...approval], [...ofRun('apr'), ...ofStep]);
      const step = `key, parent, role, item_index, position, title, kind, capability, effect, depends_on, max_attempts, state, attempt`;
      const item = [`'one[' || (i - 1) || ']'`, `'one'`, `'item'`, 'i - 1', '1000000', `''`, `'COMMAND'`, `'fetch'`];
      const undo = [`'undo:' || i`, `'one'`, `'compensation'`, 'NULL', '1000000 + i', `''`, `'COMMAND'`, `'fetch'`];
      const rest = [`'pure'`, `'[]'`, '1', `CASE WHEN i % 9000 = 5 THEN 'FAILED' ELSE 'SUCCEEDED' END`, '1'];
      await multiply('steps', ITEMS, [...common, step], [...ofRun('step'), ...item, ...rest]);
      await multiply('steps', 2, [...common, step], [...ofRun('step', 8), ...undo, ...rest]);
      const run = `tenant, subject, username, roles, kind, state, priority, trace_id, request_digest, created_at, seq, head_position, head_hash, labels, inputs`;
      await suite.harness.tamper(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)
          INSERT INTO runs (id, parent_id, ${run}) SELECT ${id('run')}, '${parent}', ${run
            .split(', ')
            .map((column) => `r.${column}`)
            .join(', ')} FROM n CROSS JOIN runs r WHERE r.id = '${other}'`,
      );
      const version = ['id', 'tenant', 'name', 'version', 'yaml', 'document', 'inputs', 'created_by', 'created_at'];
      const ofVersion = [id('wf'), `'default'`, `'report'`, 'i', `''`, `'{}'`, `'{}'`, `'{}'`, at, `i = ${VERSIONS}`];
      await multiply('workflows', VERSIONS, [...version, 'is_newest'], ofVersion);
      if (suite.harness.kind === 'postgres') await suite.harness.tamper('ANALYZE');
    });

    const countOf = async (page: Promise<Page<unknown>>): Promise<TotalCount> => (await page).totalCount();

    it('are counted up to 10,000 entries', async () => {
      const { reader } = suite.store;
      const full = { count: 10_000, isExact: false };
      expect(await countOf(reader.runs(scope, {}, {}))).toEqual(full);
      expect(await countOf(reader.runs(scope, { principal: 'alice' }, {}))).toEqual(full);
      expect(await countOf(reader.runs(scope, { state: ['PENDING'], kind: ['COMMAND'] }, {}))).toEqual(full);
      expect(await countOf(reader.children(scope, parent, {}))).toEqual(full);
      expect(await countOf(reader.children({ ...scope, subject: 'alice' }, parent, {}))).toEqual(full);
      expect(await countOf(reader.approvals(scope, 'OPEN', {}))).toEqual(full);
      expect(await countOf(reader.artifacts(scope, parent, {}))).toEqual({ count: 10_000, isExact: true });
    });

    it('of items are counted exactly', async () => {
      const items = suite.store.reader.items(scope, parent, 'one', {});
      expect(await countOf(items)).toEqual({ count: ITEMS, isExact: true });
    });

    it('of items in a rare state are searched in pages that end early and continue', async () => {
      const read = async (args: PageArgs) => {
        const page = await suite.store.reader.items(scope, parent, 'one', args, ['FAILED', 'DENIED']);
        expect(await page.totalCount()).toEqual({ count: 3, isExact: true });
        return { ...page, found: page.edges.map(({ node }) => node.index) };
      };
      const first = await read({ first: 10 });
      expect([first.found, first.hasNextPage]).toEqual([[4, 9_004], true]);
      const second = await read({ first: 10, after: first.endCursor as string });
      expect([second.found, second.hasNextPage]).toEqual([[18_004], false]);
      expect((await read({ first: 1 })).found).toEqual([4]);
      const last = await read({ last: 2 });
      expect([last.found, last.hasPreviousPage]).toEqual([[18_004], true]);
      expect((await read({ last: 2, before: last.startCursor as string })).found).toEqual([4, 9_004]);
    });

    it('of steps are counted by state, of many runs at once, as far as the scope covers them', async () => {
      const { reader } = suite.store;
      const [ofParent, ofOther] = [{ PENDING: 2, SUCCEEDED: 2 }, { PENDING: 2 }];
      const counts = async (of: Scope) =>
        [...(await reader.stepCounts(of, [parent, other, newId('run')]))].map(([id, states]) => [
          id,
          Object.fromEntries(states),
        ]);
      expect(Object.fromEntries(await counts(scope))).toEqual({ [parent]: ofParent, [other]: ofOther });
      expect(await counts({ ...scope, subject: 'bob' })).toEqual([]);
      expect(await counts({ tenant: 'other' })).toEqual([]);
      const items = await reader.itemCounts(scope, parent, 'one');
      expect(Object.fromEntries(items)).toEqual({ SUCCEEDED: ITEMS - 3, FAILED: 3 });
      expect((await reader.itemCounts(scope, parent, 'two')).size).toBe(0);
      expect((await reader.itemCounts({ tenant: 'other' }, parent, 'one')).size).toBe(0);
    });

    it('of workflows have only the newest versions', async () => {
      const page = await suite.store.workflows.list(scope.tenant, {});
      expect(page.edges.map(({ node }) => [node.name, node.version])).toEqual([['report', VERSIONS]]);
      expect(await page.totalCount()).toEqual({ count: 1, isExact: true });
    });

    it('are counted once for a page', async () => {
      const page = await suite.store.reader.artifacts(scope, parent, { first: 1 });
      expect(page.totalCount()).toBe(page.totalCount());
    });

    it('of items are not among the steps of their run', async () => {
      const shown = ['one', 'two', 'undo:1', 'undo:2'];
      expect((await suite.store.reader.steps(scope, parent)).map(({ key }) => key)).toEqual(shown);
      expect((await suite.store.reader.snapshot(scope, parent))?.steps.map(({ key }) => key)).toEqual(shown);
    });

    it.each([
      [`SELECT * FROM steps WHERE run_id = '${parent}' AND role IS NULL ORDER BY position`, 'role_position'],
      [`SELECT * FROM steps WHERE run_id = '${parent}' AND role = 'compensation' ORDER BY position`, 'role_position'],
      [`SELECT * FROM approvals WHERE run_id = '${parent}' AND step = 'one[7]' ORDER BY id DESC LIMIT 1`, 'step_id'],
      [`SELECT * FROM workflows WHERE tenant = 'default' AND is_newest ORDER BY id DESC LIMIT 21`, 'is_newest_id'],
    ])('are passed over by an index: %s', async (statement, index) => {
      const isSqlite = suite.harness.kind === 'sqlite';
      const explain = isSqlite ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
      const asWritten = isSqlite ? statement.replace('is_newest ', 'is_newest = 1 ') : statement;
      const plan = await suite.harness.query<object>(`${explain} ${asWritten}`);
      expect(plan.map((row) => Object.values(row).at(-1)).join('\n')).toContain(index);
    });
  });
}

longListsContract(sqliteHarness);

await onPostgres(longListsContract);
