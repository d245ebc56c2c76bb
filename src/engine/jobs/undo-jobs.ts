import { hash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { PlannedStep, RunRecord, StepBody } from '../../core/run.ts';
import type { RunState } from '../../core/states.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { RunRegistry } from '../driver/run-registry.ts';
import { createRunStart } from '../driver/run-start.ts';

interface UndoJobsDeps {
  readonly reader: Pick<StoreReader, 'children' | 'steps' | 'locateStep'>;
  readonly runs: Pick<RunRegistry, 'drive'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const FAILURES: ReadonlySet<RunState> = new Set(['FAILED', 'TIMEOUT']);
const PAGE_JOBS = 100;

/**
 * See `Engine.undoJobs`. The compensations are the steps of one run, each after the one before: the engine records, decides,
 * orders and recovers them. The id of a step follows from its job, so that each job is undone once, however often that is tried.
 */
export async function undoJobs(deps: UndoJobsDeps, job: RunRecord): Promise<void> {
  const { parentId, principal, traceId, priority } = job;
  if (parentId === undefined) return;
  if (!FAILURES.has(job.state) && !(job.state === 'SUCCEEDED' && (await compensationOf(deps, job)))) return;
  const family = await jobsOf(deps, job, parentId);
  if (!family.some(({ state }) => FAILURES.has(state))) return;
  const succeeded = family.filter(({ state }) => state === 'SUCCEEDED');
  const lastFirst = succeeded.toSorted((a, b) => b.headPosition - a.headPosition);
  const steps: PlannedStep[] = [];
  for (const done of lastFirst) {
    const id = undoIdOf(done.id);
    const body = await compensationOf(deps, done);
    if (!body || (await deps.reader.locateStep(id))) continue;
    const previous = steps.at(-1)?.key;
    steps.push({
      ...body,
      ...{ id, key: `undo:${done.id}`, title: `Undo job of ${done.id}` },
      dependsOn: previous === undefined ? [] : [previous],
      // Also when an earlier compensation fails.
      terms: { ...body.terms, continueOnError: true },
    });
  }
  if (steps.length === 0) return;
  const goal = `Undo the jobs of ${parentId}, because one of them failed.`;
  const opening = { kind: 'WORKFLOW', inputs: {}, steps, goal, labels: { undoes: parentId }, priority } as const;
  const start = createRunStart(principal, opening, { traceId, requestDigest: '' }, deps.clock.now());
  await deps.runs.drive(start).flush();
  deps.logger.info('job.undoing', { runId: start.run.record.id, parentId, jobs: steps.length });
}

type Job = Pick<RunRecord, 'id' | 'state' | 'headPosition' | 'principal'>;

/** The jobs that the same user submitted on behalf of the same run. */
async function jobsOf({ reader }: UndoJobsDeps, { principal }: RunRecord, parentId: string): Promise<readonly Job[]> {
  const { tenant, subject } = principal;
  const jobs: Job[] = [];
  for (let after: string | undefined; ; ) {
    const page = await reader.children({ tenant, subject }, parentId, {
      first: PAGE_JOBS,
      ...(after !== undefined && { after }),
    });
    for (const { node } of page.edges) {
      const { id, kind, state, headPosition } = node;
      if (kind === 'JOB') jobs.push({ id, state, headPosition, principal });
    }
    if (!page.hasNextPage) return jobs;
    after = page.endCursor;
  }
}

async function compensationOf({ reader }: UndoJobsDeps, { id, principal }: Job): Promise<StepBody | undefined> {
  const [step] = await reader.steps({ tenant: principal.tenant }, id);
  return step?.terms?.compensate;
}

function undoIdOf(runId: string): string {
  return `step_${hash('sha256', `undo ${runId}`, 'hex').slice(0, 32)}`;
}
