import type { Event } from '../core/event.ts';
import type { Scope } from '../core/principal.ts';
import type { RunSnapshot } from '../core/run.ts';
import { isFinalRunState, RUN_STATES } from '../core/run-state.ts';
import type { StoreReader } from '../core/store.ts';
import { toArtifactRecord } from './artifact-row.ts';
import { findRuns, idWithin, runsOf } from './find-runs.ts';
import { paginate } from './paginate.ts';
import type { Prisma } from './prisma.ts';
import { toRunRecord } from './run-row.ts';
import { toOutput, toStepRecord } from './step-row.ts';

/** Runs that `unfinished` holds at once. */
const AT_ONCE = 100;

const UNFINISHED = RUN_STATES.filter((state) => !isFinalRunState(state));

interface PrismaReaderDeps {
  readonly prisma: Prisma;
  /** A run and its steps at one moment. */
  readSnapshot(scope: Scope, id: string): RunSnapshot | undefined;
  /** The events of a run in order; the scope has been asked. */
  eventsOf(runId: string): AsyncIterable<Event>;
}

/** Reads of the tables, for any database that Prisma speaks to. */
export function createPrismaReader({ prisma, readSnapshot, eventsOf }: PrismaReaderDeps): StoreReader {
  const run: StoreReader['run'] = async (scope, id) => {
    const row = await prisma.run.findFirst({ where: { id, ...runsOf(scope) } });
    return row ? toRunRecord(row) : undefined;
  };

  const artifactWhere = async (scope: Scope, where: { id: string } | { digest: string }) => {
    const row = await prisma.artifact.findFirst({ where: { ...where, ...partsOf(scope) }, orderBy: { id: 'asc' } });
    return row ? toArtifactRecord(row) : undefined;
  };

  return {
    run,
    snapshot: async (scope, id) => readSnapshot(scope, id),
    steps: async (scope, runId) => {
      const rows = await prisma.step.findMany({ where: { runId, ...partsOf(scope) }, orderBy: { position: 'asc' } });
      return rows.map(toStepRecord);
    },
    step: async (scope, id) => {
      const row = await prisma.step.findFirst({ where: { id, ...partsOf(scope) } });
      return row ? toStepRecord(row) : undefined;
    },
    runs: async (scope, filter, page) =>
      paginate({ prefix: 'run', newestFirst: true, ...findRuns(prisma, scope, filter) }, page),
    children: async (scope, runId, page) => {
      const where = { parentId: runId, ...runsOf(scope) };
      return paginate(
        {
          prefix: 'run',
          newestFirst: false,
          find: async (range, direction, take) => {
            const rows = await prisma.run.findMany({
              where: { AND: [where, idWithin(range)] },
              orderBy: { id: direction },
              take,
            });
            return rows.map(toRunRecord);
          },
          count: () => prisma.run.count({ where }),
        },
        page,
      );
    },
    artifacts: async (scope, runId, page) => {
      const where = { runId, ...partsOf(scope) };
      return paginate(
        {
          prefix: 'art',
          newestFirst: false,
          find: async (range, direction, take) => {
            const rows = await prisma.artifact.findMany({
              where: { AND: [where, idWithin(range)] },
              orderBy: { id: direction },
              take,
            });
            return rows.map(toArtifactRecord);
          },
          count: () => prisma.artifact.count({ where }),
        },
        page,
      );
    },
    artifact: (scope, id) => artifactWhere(scope, { id }),
    artifactByDigest: (scope, digest) => artifactWhere(scope, { digest }),
    content: async (scope, digest) => {
      const step = await prisma.step.findFirst({
        where: { outputDigest: digest, outputText: { not: null }, ...partsOf(scope) },
      });
      const output = step ? toOutput(step) : undefined;
      if (output?.text !== undefined) return { kind: 'text', output: { ...output, text: output.text } };
      const artifact = await artifactWhere(scope, { digest });
      return artifact && { kind: 'artifact', artifact };
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
    unfinished: async function* () {
      for (let last = ''; ; ) {
        const rows = await prisma.run.findMany({
          where: { state: { in: UNFINISHED }, id: { gt: last } },
          orderBy: { id: 'asc' },
          take: AT_ONCE,
          include: { steps: { orderBy: { position: 'asc' } } },
        });
        for (const row of rows) yield { run: toRunRecord(row), steps: row.steps.map(toStepRecord) };
        if (rows.length < AT_ONCE) return;
        last = rows.at(-1)?.id ?? last;
      }
    },
    ping: async () => {
      await prisma.$queryRaw`SELECT 1`;
    },
  };
}

/** Parts of a run have its tenant; whose it is, the run alone knows. */
function partsOf({ tenant, subject }: Scope) {
  return { tenant, ...(subject !== undefined && { run: { subject } }) };
}
