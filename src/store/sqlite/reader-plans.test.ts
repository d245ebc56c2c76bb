import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';
import type { Scope } from '../../core/principal.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import { PrismaClient } from '../generated/sqlite/client.ts';
import { createStoreReader } from '../tables/store-reader.ts';

type Read = (reader: StoreReader, scope: Scope) => Promise<unknown>;

/** Reads of one run, or of what has one digest: their cost must not depend on what else is stored. */
const READS: Readonly<Record<string, Read>> = {
  steps: (reader, scope) => reader.steps(scope, 'r'),
  items: (reader, scope) => reader.items(scope, 'r', 'p', { first: 20 }),
  'last items': (reader, scope) => reader.items(scope, 'r', 'p', { last: 20 }),
  'number of items': async (reader, scope) => (await reader.items(scope, 'r', 'p', {})).totalCount(),
  step: (reader, scope) => reader.step(scope, 's'),
  'step by key': (reader, scope) => reader.stepByKey(scope, 'r', 'k'),
  approval: (reader, scope) => reader.approval(scope, 'a'),
  'approval of a step': (reader, scope) => reader.approvalOf(scope, 'r', 's'),
  'tool calls': (reader, scope) => reader.toolCalls(scope, 'r', 's'),
  'tool call': (reader, scope) => reader.toolCall(scope, 'r', 'c'),
  children: (reader, scope) => reader.children(scope, 'r', { first: 20 }),
  'number of children': async (reader, scope) => (await reader.children(scope, 'r', {})).totalCount(),
  artifacts: (reader, scope) => reader.artifacts(scope, 'r', { first: 20 }),
  'number of artifacts': async (reader, scope) => (await reader.artifacts(scope, 'r', {})).totalCount(),
  'artifact by digest': (reader, scope) => reader.artifactByDigest(scope, 'd'),
  content: (reader, scope) => reader.content(scope, 'd'),
};

let harness: Awaited<ReturnType<typeof sqliteHarness>>;
let prisma: PrismaClient;
let plans: Database.Database;
const statements: string[] = [];
beforeAll(async () => {
  harness = await sqliteHarness();
  await (await harness.open()).close();
  const adapter = new PrismaBetterSqlite3({ url: harness.file });
  const client = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  client.$on('query', ({ query }) => statements.push(query));
  prisma = client;
  plans = new Database(harness.file);
});
afterAll(async () => {
  plans.close();
  await prisma.$disconnect();
  await harness.remove();
});

it.each(Object.entries(READS))('looks %s up by the most specific index, in either scope', async (_, read) => {
  const deps = { readSnapshot: async () => undefined, readByKey: async () => undefined, async *eventsOf() {} };
  const reader = createStoreReader({ prisma, kind: 'sqlite', ...deps });
  for (const scope of [{ tenant: 't' }, { tenant: 't', subject: 's' }]) {
    statements.length = 0;
    await read(reader, scope);
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) {
      const values = Array.from(statement.matchAll(/\?/g), () => '1');
      const plan = plans.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${statement}`).all(...values);
      const details = plan.map(({ detail }) => detail).filter((detail) => !/^SCAN sub/.test(detail));
      expect([statement, details.filter((detail) => /^SCAN|\(tenant=\?( AND subject=\?)?\)/.test(detail))]).toEqual([
        statement,
        [],
      ]);
    }
  }
});

it('looks the unfinished runs of cancelled runs up by what is unfinished, however many were cancelled', async () => {
  const deps = { readSnapshot: async () => undefined, readByKey: async () => undefined, async *eventsOf() {} };
  statements.length = 0;
  await createStoreReader({ prisma, kind: 'sqlite', ...deps }).unfinishedOfCancelled('run_1', 10);
  const plan = plans
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${statements[0]}`)
    .all('run_1', 10)
    .map(({ detail }) => detail);
  expect(plan[0]).toBe('SEARCH child USING INDEX runs_due_at_idx (due_at>?)');
});
