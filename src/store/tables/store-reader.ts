import type { Sql } from '@prisma/client/runtime/client';
import type { Event } from '../../core/event.ts';
import type { Scope } from '../../core/principal.ts';
import type { RunSnapshot } from '../../core/run.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma } from '../connections/transactions.ts';
import { toApprovalRecord } from '../rows/approval-row.ts';
import { toArtifactRecord } from '../rows/artifact-row.ts';
import { toRunRecord } from '../rows/run-row.ts';
import { toOutput, toStepRecord } from '../rows/step-row.ts';
import { toToolCallRecord } from '../rows/tool-call-row.ts';
import { idInRange, paginate } from './paginate.ts';
import { createRunFinder, runsInScope } from './run-finder.ts';

interface StoreReaderDeps {
  readonly prisma: Prisma;
  readonly kind: DatabaseConfig['kind'];
  /** A run and its steps, at one moment. */
  readSnapshot(scope: Scope, id: string): Promise<RunSnapshot | undefined>;
  /** The events of a run in order. The caller has checked the scope. */
  eventsOf(runId: string): AsyncIterable<Event>;
}

/** Maximum tool calls of one step in a list. */
const MAX_TOOL_CALLS = 1_000;

/** Reads of the tables, on either database. */
export function createStoreReader({ prisma, kind, readSnapshot, eventsOf }: StoreReaderDeps): StoreReader {
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
      const where = { runId, OR: [{ role: null }, { role: { not: 'item' } }], ...runsInScope(scope) };
      const rows = await prisma.step.findMany({ where, orderBy: { position: 'asc' } });
      return rows.map(toStepRecord);
    },
    items: (scope, runId, parent, page) => {
      const where = { runId, parent, role: 'item', ...runsInScope(scope) };
      /** Items are ordered by index, because ids of one moment have no order. Nothing comes after an unknown id. */
      const indexOf = async (id: string) =>
        (await prisma.step.findFirst({ where: { ...where, id } }))?.index ?? 2 ** 31 - 1;
      return paginate(
        {
          prefix: 'step',
          newestFirst: false,
          find: async ({ above, below }, direction, take) => {
            const index = { ...(above && { gt: await indexOf(above) }), ...(below && { lt: await indexOf(below) }) };
            const rows = await prisma.step.findMany({
              where: { AND: [where, { index }] },
              orderBy: { index: direction },
              take,
            });
            return { entries: rows.map(toStepRecord) };
          },
          count: () => prisma.step.count({ where }),
        },
        page,
      );
    },
    stepByKey: async (scope, runId, key) => {
      const row = await prisma.step.findFirst({ where: { runId, key, ...runsInScope(scope) } });
      return row ? toStepRecord(row) : undefined;
    },
    approval: async (scope, id) => {
      const row = await prisma.approval.findFirst({ where: { id, ...runsInScope(scope) } });
      return row ? toApprovalRecord(row) : undefined;
    },
    approvalOf: async (scope, runId, step) => {
      const where = { runId, step, ...runsInScope(scope) };
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
          count: () => prisma.approval.count({ where }),
        },
        page,
      );
    },
    toolCalls: async (scope, runId, step) => {
      const where = { runId, step, ...callsInScope(scope) };
      const rows = await prisma.toolCall.findMany({ where, orderBy: { seq: 'desc' }, take: MAX_TOOL_CALLS });
      return rows.reverse().map(toToolCallRecord);
    },
    toolCall: async (scope, runId, id) => {
      const row = await prisma.toolCall.findFirst({ where: { runId, id, ...callsInScope(scope) } });
      return row ? toToolCallRecord(row) : undefined;
    },
    step: async (scope, id) => {
      const row = await prisma.step.findFirst({ where: { id, ...runsInScope(scope) } });
      return row ? toStepRecord(row) : undefined;
    },
    runs: async (scope, filter, page) => {
      const query = <Row>(statement: Sql) => prisma.$queryRaw<Row[]>(statement);
      return paginate(
        { prefix: 'run', newestFirst: true, ...createRunFinder({ prisma, query, kind }, scope, filter) },
        page,
      );
    },
    children: async (scope, runId, page) => {
      const where = { parentId: runId, ...runsInScope(scope) };
      return paginate(
        {
          prefix: 'run',
          newestFirst: false,
          find: async (range, direction, take) => {
            const rows = await prisma.run.findMany({
              where: { AND: [where, idInRange(range)] },
              orderBy: { id: direction },
              take,
            });
            return { entries: rows.map(toRunRecord) };
          },
          count: () => prisma.run.count({ where }),
        },
        page,
      );
    },
    artifacts: async (scope, runId, page) => {
      const where = { runId, ...runsInScope(scope) };
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
          count: () => prisma.artifact.count({ where }),
        },
        page,
      );
    },
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
    runByIdempotencyKey: async (tenant, subject, idempotencyKey) => {
      const row = await prisma.run.findUnique({
        where: { tenant_subject_idempotencyKey: { tenant, subject, idempotencyKey } },
      });
      return row ? toRunRecord(row) : undefined;
    },
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

/** Calls are only read by their run, which says whose they are. */
function callsInScope({ tenant, subject }: Scope) {
  return { tenant, ...(subject !== undefined && { run: { subject } }) };
}
