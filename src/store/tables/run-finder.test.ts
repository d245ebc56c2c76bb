import { PrismaPg } from '@prisma/adapter-pg';
import { type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StoreHarness, useStore } from '../../../test/support/store/harness.ts';
import { onPostgres } from '../../../test/support/store/on-postgres.ts';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';
import type { PageArgs, RunFilter } from '../../core/store-reader.ts';
import { openPostgresPrisma } from '../connections/postgres-prisma.ts';
import { openSqlitePrisma } from '../connections/sqlite-prisma.ts';
import type { Prisma } from '../connections/transactions.ts';
import { createRunFinder } from './run-finder.ts';

const RUNS = 130_000;
const tenant = 'large';
const FIRST_MS = Date.UTC(2026, 0, 1);

/** A run a minute, for 10 ms. Every second one is an agent's, the others are of the workflow `even`; few have anything else. */
const idOf = (n: number) => `run_${(FIRST_MS + n * 60_000).toString(16).padStart(12, '0')}7${'0'.repeat(19)}`;

function fillSql(kind: StoreHarness['kind']): string {
  const ms = `${FIRST_MS} + n.i * 60000`;
  const time = (at: string) => (kind === 'sqlite' ? at : `to_timestamp((${at}) / 1000.0)`);
  const at = time(ms);
  const id =
    kind === 'sqlite'
      ? `printf('run_%012x7%019d', ${ms}, 0)`
      : `'run_' || lpad(to_hex(${ms}), 12, '0') || '7' || repeat('0', 19)`;
  const isRare = 'n.i % 65000 = 7';
  const rare = (value: string, usual: string) => `CASE WHEN ${isRare} THEN '${value}' ELSE ${usual} END`;
  const end = `${ms} + CASE WHEN ${isRare} THEN 5000 ELSE 10 END`;
  return `WITH RECURSIVE n(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < ${RUNS - 1})
    INSERT INTO runs (id, tenant, subject, username, roles, kind, state, goal, workflow, priority, trace_id, request_digest,
      created_at, started_at, finished_at, parent_id, rerun_of, error, error_code, seq, head_position, head_hash, labels, inputs)
    SELECT ${id}, '${tenant}', ${rare('carol', `'bob'`)}, ${rare('Carol C.', `'Bob B.'`)}, '[]',
      CASE n.i % 2 WHEN 0 THEN 'WORKFLOW' ELSE 'AGENT' END, ${rare('FAILED', `'SUCCEEDED'`)}, ${rare('a needle', `'hay'`)},
      ${rare('rare', `CASE n.i % 2 WHEN 0 THEN 'even' ELSE NULL END`)}, 'BATCH', '', '', ${at}, ${at}, ${time(end)},
      CASE WHEN ${isRare} THEN NULL ELSE 'run_parent' END, ${rare('run_again', 'NULL')}, ${rare('{"code":"CONFLICT"}', 'NULL')},
      ${rare('CONFLICT', 'NULL')}, 1, 1, '', '{}', ${rare('{"order":"Lamp \\"77\\""}', `'{}'`)} FROM n`;
}

/** Most have ended; the text index follows their leaves. Some are in progress, and have none. */
const leavesSql = `INSERT INTO leaves (position, run_id, seq, hash)
  SELECT row_number() OVER (ORDER BY id), id, 1, '' FROM runs WHERE tenant = '${tenant}'`;
const progressSql = `INSERT INTO runs (id, tenant, subject, username, roles, kind, state, goal, workflow, priority, trace_id, request_digest,
    created_at, started_at, parent_id, seq, head_position, head_hash, labels, inputs)
  SELECT replace(id, '70000', '71111'), tenant, subject, username, roles, kind, 'RUNNING', 'in progress', workflow, priority, trace_id,
    request_digest, created_at, started_at, parent_id, seq, head_position, head_hash, labels, inputs FROM runs WHERE id = '${idOf(9)}'`;

const scheduledSql = `INSERT INTO run_labels (run_id, tenant, key, value)
  SELECT id, tenant, 'schedule', '"nightly"' FROM runs WHERE tenant = '${tenant}' AND subject = 'carol'`;

const labelSql = `INSERT INTO run_labels (run_id, tenant, key, value)
  SELECT id, tenant, 'n', CASE WHEN subject = 'carol' THEN '"rare"' ELSE '"usual"' END FROM runs WHERE tenant = '${tenant}'`;

const RARE = [65_007, 7].map(idOf);
const IN_PROGRESS = idOf(9).replace('70000', '71111');
const FILTERS: [string, RunFilter, string[]][] = [
  ['a workflow', { workflow: 'rare' }, RARE],
  ['a label', { label: { n: 'rare' } }, RARE],
  ['a principal', { principal: 'Carol C.' }, RARE],
  ['a state', { state: ['FAILED', 'DENIED'] }, RARE],
  ['a time before', { createdBefore: new Date(FIRST_MS + 60_000) }, [idOf(0)]],
  ['a time after', { createdAfter: new Date(FIRST_MS + (RUNS - 2) * 60_000) }, [idOf(RUNS - 1)]],
  ['no parent', { roots: true }, RARE],
  ['an error', { errorCode: ['CONFLICT', 'THROTTLED'] }, RARE],
  ['a schedule', { schedule: 'nightly' }, RARE],
  ['a repeated run', { rerunOf: 'run_again' }, RARE],
  ['a long time', { longerThanMs: 2_000 }, [idOf(65_007), IN_PROGRESS, idOf(7)]],
  ['a kind and a label', { kind: ['AGENT', 'WORKFLOW'], label: { n: 'rare' } }, RARE],
  ['a text and a principal', { text: 'NEEDLE', principal: 'carol' }, RARE],
  ['a text', { text: 'NEEDLE' }, RARE],
  ['a text and a frequent condition', { text: 'A Need', kind: ['AGENT'] }, RARE],
  ['a text that no run contains', { text: 'needless' }, []],
  ['two words', { words: 'lamp conflict' }, RARE],
  ['words in JSON', { words: '"77" EVEN RARE' }, []],
  ['a word in quotes and a condition', { words: '"77"', roots: true }, RARE],
  ['a word of a run in progress', { words: 'progress' }, [IN_PROGRESS]],
  ['the end of an ID', { text: idOf(7).slice(8, 26) }, [idOf(7)]],
  ['a text of a run in progress', { text: 'in progress' }, [IN_PROGRESS]],
  ['a text of a run that ended after the last segment', { text: idOf(RUNS - 3).slice(6, 26) }, [idOf(RUNS - 3)]],
];
/** No index has these: what is searched is every run, or the half of them with one condition. */
const SEARCHES: [string, RunFilter, string[]][] = [
  ['a text that is too short for the index', { text: 'e.' }, []],
  ['two conditions of which each is frequent', { kind: ['AGENT'], workflow: 'even' }, []],
];

function growthSuite(makeHarness: () => Promise<StoreHarness>, openPrisma: (harness: StoreHarness) => Promise<Prisma>) {
  const suite = useStore(makeHarness);
  let prisma: Prisma;
  beforeAll(async () => {
    await suite.harness.tamper(fillSql(suite.harness.kind));
    await suite.harness.tamper(labelSql);
    await suite.harness.tamper(scheduledSql);
    await suite.harness.tamper(leavesSql);
    await suite.harness.tamper(progressSql);
    await suite.harness.tamper(`UPDATE journal SET position = ${RUNS}`);
    await suite.store.close();
    await suite.reopen();
    await suite.store.textIndex.tick();
    prisma = await openPrisma(suite.harness);
  });
  afterAll(() => prisma.$disconnect());

  /** The pages of a list up to its end. */
  const pages = async (filter: RunFilter, backwards: boolean) => {
    const all: string[][] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const args: PageArgs = backwards
        ? { last: 50, ...(cursor && { before: cursor }) }
        : { first: 50, ...(cursor && { after: cursor }) };
      const page = await suite.store.reader.runs({ tenant }, filter, args);
      all.push(page.edges.map(({ node }) => node.id));
      cursor = backwards ? page.startCursor : page.endCursor;
      more = backwards ? page.hasPreviousPage : page.hasNextPage;
    }
    return all;
  };

  /** One page, and the statements that it took. */
  const record = async (filter: RunFilter) => {
    const statements: Sql[] = [];
    const query = <Row>(statement: Sql) => {
      statements.push(statement);
      return prisma.$queryRaw<Row[]>(statement);
    };
    const finder = createRunFinder({ prisma, query, kind: suite.harness.kind }, { tenant }, filter);
    return { found: await finder.find({}, 'desc', 51), statements };
  };

  it.each(FILTERS)('finds the few runs of %s among many in one page', async (_, filter, expected) => {
    expect(await pages(filter, false)).toEqual([expected]);
    expect((await pages(filter, true)).flat()).toEqual(expected);
    expect(await (await suite.store.reader.runs({ tenant }, filter, {})).totalCount()).toEqual({
      count: expected.length,
      isExact: true,
    });
    const { statements } = await record(filter);
    expect(statements.length).toBeLessThanOrEqual(filter.text === undefined && filter.words === undefined ? 8 : 20);
  });

  it.each(SEARCHES)('searches for %s in pages that end early and continue', async (_, filter, expected) => {
    for (const backwards of [false, true]) {
      const found = await pages(filter, backwards);
      expect((backwards ? found.toReversed() : found).flat()).toEqual(expected);
      expect(found.length).toBeGreaterThan(1);
      expect(found.length).toBeLessThanOrEqual(4);
    }
    // The count ends early too.
    expect(await (await suite.store.reader.runs({ tenant }, filter, {})).totalCount()).toEqual({
      count: expected.length,
      isExact: false,
    });
  });

  it.each([
    ['all runs', {}, 1],
    ['half of them', { kind: ['AGENT'] }, 1],
    ['those with two frequent conditions', { kind: ['AGENT'], state: ['SUCCEEDED'] }, 40],
    ['those with a frequent text', { text: 'hay' }, 40],
  ] as const)('counts %s up to 10,000', async (_, filter, maxStatements) => {
    const statements: Sql[] = [];
    const query = <Row>(statement: Sql) => {
      statements.push(statement);
      return prisma.$queryRaw<Row[]>(statement);
    };
    const finder = createRunFinder({ prisma, query, kind: suite.harness.kind }, { tenant }, filter);
    expect(await finder.count()).toEqual({ count: 10_000, isExact: false });
    expect(statements.length).toBeLessThanOrEqual(maxStatements);
  });

  it.each([...FILTERS, ...SEARCHES])('reads indexes for %s, with statements of one size', async (_, filter) => {
    const { statements } = await record(filter);
    const distinct = new Map(statements.map((statement) => [statement.text, statement]));
    expect(distinct.size).toBeLessThanOrEqual(filter.text === undefined && filter.words === undefined ? 4 : 10);
    expect(statements.length).toBeLessThanOrEqual(60);
    for (const statement of distinct.values()) {
      const plan =
        suite.harness.kind === 'sqlite'
          ? await prisma.$queryRaw<object[]>(sql`EXPLAIN QUERY PLAN ${statement}`)
          : await prisma.$queryRaw<object[]>(sql`EXPLAIN ${statement}`);
      const text = plan.map((row) => Object.values(row).at(-1)).join('\n');
      expect(text).not.toMatch(/SCAN (runs|r|l|s|run_labels|steps)\b|Seq Scan on (runs|run_labels|search_trigrams)/);
      expect(text).not.toContain('SEARCH t USING PRIMARY KEY (position=? AND tenant=?)');
    }
  });
}

describe('a search in a large store on SQLite', () => {
  let file = '';
  growthSuite(
    async () => {
      const harness = await sqliteHarness();
      file = harness.file;
      return harness;
    },
    () => openSqlitePrisma(file),
  );
});

await onPostgres((makeHarness) => {
  describe('a search in a large store on PostgreSQL', () => {
    let url = '';
    growthSuite(
      async () => {
        const harness = await makeHarness();
        url = harness.url;
        return harness;
      },
      async (harness) => {
        await harness.tamper('ANALYZE');
        return openPostgresPrisma(new PrismaPg(url));
      },
    );
  });
});
