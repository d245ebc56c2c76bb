import type { Sql } from '@prisma/client/runtime/client';
import type { Event } from '../../core/event.ts';
import type { Scope } from '../../core/principal.ts';
import type { AddedStep, RunSnapshot } from '../../core/run.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma } from '../connections/transactions.ts';
import { toApprovalRecord } from '../rows/approval-row.ts';
import { toArtifactRecord } from '../rows/artifact-row.ts';
import { toRunRecord } from '../rows/run-row.ts';
import { toOutput, toStepRecord } from '../rows/step-row.ts';
import { toToolCallRecord } from '../rows/tool-call-row.ts';
import { findArtifacts } from './artifact-finder.ts';
import { COUNTED_ENTRIES, idInRange, paginate, toTotalCount } from './paginate.ts';
import { readItems } from './read-items.ts';
import { createRunFinder, runsInScope } from './run-finder.ts';
import { readRunStats } from './run-stats.ts';
import { countItems, countSteps } from './step-counts.ts';
import { readTokens } from './token-usage.ts';

interface StoreReaderDeps {
  readonly prisma: Prisma;
  readonly kind: DatabaseConfig['kind'];
  /** A run and its steps, at one moment. */
  readSnapshot(scope: Scope, id: string): Promise<RunSnapshot | undefined>;
  readByKey: StoreReader['runByIdempotencyKey'];
  /** The events of a run in order. The caller has checked the scope. */
  eventsOf(runId: string): AsyncIterable<Event>;
}

interface LocationRow {
  readonly runId: string;
  readonly key: string;
  readonly isEnded: boolean | bigint;
  readonly worker: string | null;
  readonly owner: string | null;
}

/** A plan has at most so many steps, and as many compensations. */
const MAX_PLANNED_STEPS = 1_000;

/** Maximum tool calls of one step in a list. */
const MAX_TOOL_CALLS = 1_000;

/** Reads of the tables, on either database. */
export function createStoreReader({ prisma, kind, readSnapshot, readByKey, eventsOf }: StoreReaderDeps): StoreReader {
  const query = <Row>(statement: Sql) => prisma.$queryRaw<Row[]>(statement);

  const run: StoreReader['run'] = async (scope, id) => {
    const row = await prisma.run.findFirst({ where: { id, ...runsInScope(scope) } });
    return row ? toRunRecord(row) : undefined;
  };

  const findArtifact = async (scope: Scope, where: { id: string } | { digest: string }) => {
    const row = await prisma.artifact.findFirst({
      where: { ...where, ...runsInScope(scope) },
      orderBy: { id: 'asc' },
    });
    return row ? toArtifactRecord(row) : undefined;
  };

  return {
    run,
    snapshot: readSnapshot,
    steps: async (scope, runId) => {
      // Each role is looked up by the index, which passes over the items. Without a limit PostgreSQL expects as many rows as there are items.
      const ofRole = (role: AddedStep['role'] | null) =>
        prisma.step.findMany({
          where: { ...partsOf(scope, runId), role },
          orderBy: { position: 'asc' },
          take: MAX_PLANNED_STEPS,
        });
      return [...(await ofRole(null)), ...(await ofRole('compensation'))].map(toStepRecord);
    },
    items: (scope, runId, parent, page, states) =>
      readItems(
        { prisma, countByState: () => countItems({ query, kind }, runId, parent) },
        { ...partsOf(scope, runId), parent, role: 'item' },
        page,
        states,
      ),
    stepCounts: (scope, runIds) => countSteps({ query, kind }, scope, runIds),
    itemCounts: async (scope, runId, parent) =>
      (await run(scope, runId)) ? countItems({ query, kind }, runId, parent) : new Map(),
    stepByKey: async (scope, runId, key) => {
      const row = await prisma.step.findFirst({ where: { ...partsOf(scope, runId), key } });
      return row ? toStepRecord(row) : undefined;
    },
    approval: async (scope, id) => {
      const row = await prisma.approval.findFirst({ where: { id, ...runsInScope(scope) } });
      return row ? toApprovalRecord(row) : undefined;
    },
    approvalOf: async (scope, runId, step) => {
      const where = { ...partsOf(scope, runId), step };
      const row = await prisma.approval.findFirst({ where, orderBy: { id: 'desc' } });
      return row ? toApprovalRecord(row) : undefined;
    },
    approvals: (scope, state, page) => {
      const where = { ...(state && { state }), ...runsInScope(scope) };
      return paginate(
        {
          prefix: 'apr',
          newestFirst: true,
          find: async (range, direction, take) => {
            const rows = await prisma.approval.findMany({
              where: { AND: [where, idInRange(range)] },
              orderBy: { id: direction },
              take,
            });
            return { entries: rows.map(toApprovalRecord) };
          },
          count: async () => toTotalCount(await prisma.approval.count({ where, take: COUNTED_ENTRIES })),
        },
        page,
      );
    },
    toolCalls: async (scope, runId, step) => {
      const where = { ...partsOf(scope, runId), step };
      const rows = await prisma.toolCall.findMany({ where, orderBy: { seq: 'desc' }, take: MAX_TOOL_CALLS });
      return rows.reverse().map(toToolCallRecord);
    },
    toolCall: async (scope, runId, id) => {
      const row = await prisma.toolCall.findFirst({ where: { ...partsOf(scope, runId), id } });
      return row ? toToolCallRecord(row) : undefined;
    },
    locateStep: async (id) => {
      const [row] = await prisma.$queryRaw<LocationRow[]>`
        SELECT s.run_id AS "runId", s.key, s.finished_at IS NOT NULL AS "isEnded", s.worker,
          CASE WHEN r.due_at = 0 THEN r.owner END AS owner
        FROM steps s JOIN runs r ON r.id = s.run_id WHERE s.id = ${id}`;
      if (!row) return undefined;
      const { runId, key, isEnded, worker, owner } = row;
      return { runId, key, isEnded: Boolean(isEnded), ...(worker && { worker }), ...(owner && { owner }) };
    },
    stepsOfWorker: async (worker) => {
      const rows = await prisma.step.findMany({ where: { worker, finishedAt: null }, orderBy: { id: 'asc' } });
      return rows.map(toStepRecord);
    },
    step: async (scope, id) => {
      const row = await prisma.step.findFirst({ where: { id, ...runsInScope(scope) } });
      return row ? toStepRecord(row) : undefined;
    },
    runs: async (scope, filter, page) => {
      return paginate(
        { prefix: 'run', newestFirst: true, ...createRunFinder({ prisma, query, kind }, scope, filter) },
        page,
      );
    },
    runStats: (scope, filter, range) => readRunStats({ prisma, query, kind }, scope, filter, range),
    changedRuns: async (scope, known) => {
      const ids = [...known.keys()];
      // A run with its inputs and plan is read only if it has changed.
      const rows = await prisma.run.findMany({
        where: { id: { in: ids }, ...runsInScope(scope) },
        select: { id: true, seq: true },
      });
      const changed = rows.filter(({ id, seq }) => known.get(id) !== seq).map(({ id }) => id);
      if (changed.length === 0) return [];
      return (await prisma.run.findMany({ where: { id: { in: changed } }, orderBy: { id: 'desc' } })).map(toRunRecord);
    },
    countNewer: (scope, filter, than, limit) =>
      createRunFinder({ prisma, query, kind }, scope, filter).countAbove(than, limit),
    children: async (scope, runId, page) => {
      const where = { parentId: runId, ...runsInScope(scope) };
      return paginate(
        {
          prefix: 'run',
          newestFirst: false,
          find: async (range, direction, take) => {
            const rows = await prisma.run.findMany({
              // Both bounds make SQLite use the index of the parent, whatever the scope.
              where: { AND: [where, idInRange({ above: 'run_', below: 'run_g', ...range })] },
              orderBy: { id: direction },
              take,
            });
            return { entries: rows.map(toRunRecord) };
          },
          count: async () => {
            const { tenant, subject = null } = scope;
            // The expressions keep the planner from the indexes of a tenant or a user, which have more entries.
            const [row] = await prisma.$queryRaw<{ n: bigint }[]>`
              SELECT count(*) AS n FROM (SELECT id FROM runs WHERE parent_id = ${runId} AND tenant || '' = ${tenant}
                AND (CAST(${subject} AS TEXT) IS NULL OR subject || '' = ${subject}) LIMIT ${COUNTED_ENTRIES}) AS subquery`;
            return toTotalCount(Number(row?.n ?? 0));
          },
        },
        page,
      );
    },
    unfinishedJobs: async (tenant, runId, after, take) => {
      // Both bounds, as for the children.
      const id = { gt: after === '' ? 'run_' : after, lt: 'run_g' };
      const where = { parentId: runId, id, tenant, kind: 'JOB', dueAt: { not: null } };
      const rows = await prisma.run.findMany({ where, orderBy: { id: 'asc' }, take, select: { id: true } });
      return rows.map((row) => row.id);
    },
    // The expressions keep the planner from reading every run that was cancelled, or every run: few are unfinished.
    unfinishedOfCancelled: (after, take) => prisma.$queryRaw<{ id: string; tenant: string; parentId: string }[]>`
      SELECT child.id, child.tenant, child.parent_id AS "parentId"
      FROM runs AS child JOIN runs AS parent ON parent.id = child.parent_id
      WHERE child.due_at IS NOT NULL AND parent.state || '' = 'CANCELLED' AND child.id || '' > ${after}
      ORDER BY child.id || '' LIMIT ${take}`,
    tokensOfRuns: (scope, runIds) => readTokens({ query, kind }, scope, runIds),
    tokensOfStep: async (scope, runId, key) => (await readTokens({ query, kind }, scope, [runId], key)).get(runId),
    artifacts: async (scope, runId, page) => {
      const where = partsOf(scope, runId);
      return paginate(
        {
          prefix: 'art',
          newestFirst: false,
          find: async (range, direction, take) => {
            const rows = await prisma.artifact.findMany({
              where: { AND: [where, idInRange(range)] },
              orderBy: { id: direction },
              take,
            });
            return { entries: rows.map(toArtifactRecord) };
          },
          count: async () => toTotalCount(await prisma.artifact.count({ where, take: COUNTED_ENTRIES })),
        },
        page,
      );
    },
    artifactsOf: (...request) => findArtifacts(prisma, ...request),
    artifact: (scope, id) => findArtifact(scope, { id }),
    artifactByDigest: (scope, digest) => findArtifact(scope, { digest }),
    content: async (scope, digest) => {
      const where = { outputDigest: digest, ...runsInScope(scope) };
      // Outputs with the same bytes are nearly always stored alike, so the first one decides how they are read.
      const first = await prisma.step.findFirst({ where });
      const artifact = first?.outputText == null ? await findArtifact(scope, { digest }) : undefined;
      if (artifact) return { kind: 'artifact', artifact };
      const text = await prisma.step.findFirst({ where: { ...where, outputText: { not: null } } });
      const output = text ? toOutput(text) : undefined;
      return output?.text === undefined ? undefined : { kind: 'text', output: { ...output, text: output.text } };
    },
    runByIdempotencyKey: readByKey,
    eventsOf: async function* (scope, runId) {
      if (await run(scope, runId)) yield* eventsOf(runId);
    },
    history: eventsOf,
    ping: async () => {
      // Not retried: the answer is what the health of the database is now.
      await prisma.$queryRawUnsafe('SELECT 1');
    },
  };
}

/**
 * The parts of one run that the scope covers. The scope is asked of the run, because SQLite would rather read all rows of a
 * tenant, or of a user, in the order of another index than those of one run.
 */
function partsOf(scope: Scope, runId: string) {
  return { runId, run: runsInScope(scope) };
}
