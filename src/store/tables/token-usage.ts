import { type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { TokenLimits, TokenUsage } from '../../core/agent-stores.ts';
import type { TokenCounts } from '../../core/event.ts';
import type { Scope, User } from '../../core/principal.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma, Transaction, Transactions } from '../connections/transactions.ts';
import { jsonList } from '../search/text-index.ts';

interface TokenUsageDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly kind: DatabaseConfig['kind'];
}

type TokenReservation = Parameters<TokenUsage['reserve']>[0];
type Client = Pick<Prisma, '$executeRaw' | 'tokenUse'>;

/**
 * The table `token_usage`. One statement checks both sums and inserts. On SQLite it has the database to itself; on PostgreSQL
 * reservations of one principal wait for each other, so that each counts the one before it. A run has one principal, so this
 * holds for the run's sum as well.
 */
export function createTokenUsage({ prisma, transactions, kind }: TokenUsageDeps): TokenUsage {
  return {
    reserve: (use, limits) => {
      if (kind === 'sqlite') return transactions.write((client) => reserve(client, use, limits));
      return transactions.run(async (tx) => {
        // Before the statement, which sees only what was committed when it started.
        await lockPrincipal(tx, use.who);
        return reserve(tx, use, limits);
      });
    },
    settle: async (id, tokens) => {
      await transactions.write((client) =>
        client.tokenUse.updateMany({ where: { id, tokens: { gt: tokens } }, data: { tokens } }),
      );
    },
    used: ({ tenant, subject }, day) => sumTokens(prisma, { tenant, subject, day }),
  };
}

async function reserve(client: Client, use: TokenReservation, limits: TokenLimits): ReturnType<TokenUsage['reserve']> {
  if (await insertWithinLimits(client, use, limits)) return undefined;
  const { runId, day, who } = use;
  const { tenant, subject } = who;
  const left = {
    perRun: Math.max(0, limits.perRun - (await sumTokens(client, { runId }))),
    perPrincipalDay: Math.max(0, limits.perPrincipalDay - (await sumTokens(client, { tenant, subject, day }))),
  };
  const of = left.perRun <= left.perPrincipalDay ? 'perRun' : 'perPrincipalDay';
  return { left: left[of], of };
}

async function insertWithinLimits(client: Client, use: TokenReservation, limits: TokenLimits): Promise<boolean> {
  const { id, runId, day, tokens } = use;
  const { tenant, subject } = use.who;
  const added = await client.$executeRaw`
    INSERT INTO token_usage (id, run_id, tenant, subject, day, tokens)
    SELECT ${id}, ${runId}, ${tenant}, ${subject}, ${day}, CAST(${tokens} AS BIGINT)
    WHERE CAST(${limits.perRun - tokens} AS BIGINT) >=
        (SELECT coalesce(sum(tokens), 0) FROM token_usage WHERE run_id = ${runId})
      AND CAST(${limits.perPrincipalDay - tokens} AS BIGINT) >=
        (SELECT coalesce(sum(tokens), 0) FROM token_usage
          WHERE tenant = ${tenant} AND subject = ${subject} AND day = ${day})`;
  return added === 1;
}

async function sumTokens(client: Client, where: Partial<Record<'runId' | 'tenant' | 'subject' | 'day', string>>) {
  const { _sum } = await client.tokenUse.aggregate({ where, _sum: { tokens: true } });
  return Number(_sum.tokens ?? 0n);
}

/** Locks until the transaction ends. Two principals with the same hash merely wait for each other. */
async function lockPrincipal(tx: Transaction, { tenant, subject }: User): Promise<void> {
  const key = JSON.stringify(['token_usage', tenant, subject]);
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
}

interface ReportedTokensDeps {
  query<Row>(statement: Sql): Promise<Row[]>;
  readonly kind: DatabaseConfig['kind'];
}

/** PostgreSQL refuses to read JSON with \u0000. The payload is canonical JSON, so `usage` is the last of its names. */
const USAGE_AT_END = {
  input: '"usage":[{]"input":([0-9]+),"output":[0-9]+[}][}]$',
  output: '"usage":[{]"input":[0-9]+,"output":([0-9]+)[}][}]$',
};

/**
 * The sums of what the messages of agents report, by run: one statement for all runs, and an index that has only such messages.
 * @param step only of this step
 */
export async function readTokens(
  { query, kind }: ReportedTokensDeps,
  { tenant, subject }: Scope,
  runIds: readonly string[],
  step?: string,
): Promise<ReadonlyMap<string, TokenCounts>> {
  const tokens = (name: keyof typeof USAGE_AT_END) =>
    kind === 'sqlite'
      ? sql`json_extract(e.payload, ${`$.usage.${name}`})`
      : sql`substring(right(e.payload, 100) FROM ${USAGE_AT_END[name]})::bigint`;
  const rows = await query<{ id: string; input: number | bigint | null; output: number | bigint | null }>(sql`
    SELECT r.id, CAST(sum(${tokens('input')}) AS BIGINT) AS input, CAST(sum(${tokens('output')}) AS BIGINT) AS output
    FROM (${jsonList(kind, runIds)}) AS ids CROSS JOIN runs r CROSS JOIN events e
    WHERE r.id = ids.value AND r.tenant = ${tenant} ${subject === undefined ? sql`` : sql`AND r.subject = ${subject}`}
      AND e.run_id = r.id AND e.type = 'AGENT_MESSAGE' ${step === undefined ? sql`` : sql`AND e.step = ${step}`}
    GROUP BY r.id`);
  return new Map(
    rows.flatMap(({ id, input, output }): [string, TokenCounts][] =>
      input === null || output === null ? [] : [[id, { input: Number(input), output: Number(output) }]],
    ),
  );
}
