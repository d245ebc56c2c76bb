import { isFinalRunState, type RunModel, type StepModel } from '../../../../sdk/src/live/index.ts';
import type { StepKind, StepState } from '../../api/generated/graphql.ts';

const FAILED: readonly StepState[] = ['FAILED', 'FAILED_FATAL', 'TIMEOUT', 'DENIED', 'FAILED_RETRYABLE'];
const ACTIVE: readonly StepState[] = ['RUNNING', 'DISPATCHED', 'WAITING', 'SCHEDULED'];

export const hasFailed = ({ state }: Pick<StepModel, 'state'>) => FAILED.includes(state);

/** Kinds of steps that only compute or wait, in which nothing logs or calls tools. */
const SILENT: readonly StepKind[] = ['TRANSFORM', 'SLEEP', 'SIGNAL', 'APPROVAL', 'WORKFLOW'];

export const isSilent = ({ kind }: Pick<StepModel, 'kind'>) => SILENT.includes(kind as StepKind);

const isActive = ({ state }: Pick<StepModel, 'state'>) => ACTIVE.includes(state);

/** What people call the run: its workflow, its goal, or what its only step does. */
export function titleOf({ workflow, goal, kind, steps }: RunModel): string {
  const [only] = steps.values();
  return workflow ?? goal ?? only?.does ?? kind.toLowerCase();
}

/** The step that explains the state of the run: what failed first, what runs or waits, or the last one. */
export function firstToShow({ steps, error }: RunModel): StepModel | undefined {
  const all = [...steps.values()];
  const blamed = error?.step ? steps.get(error.step) : undefined;
  return blamed ?? all.find(hasFailed) ?? all.find(isActive) ?? all.at(-1);
}

/** Whether a step of the run can be retried: it has ended badly, and so has the run. */
export function isRetryable(run: RunModel, step: StepModel): boolean {
  return isFinalRunState(run.state) && run.state !== 'SUCCEEDED' && [...FAILED, 'CANCELLED'].includes(step.state);
}

/** Keys of the steps that run again when the run starts over at one of them: it, and all that depend on it. */
export function stepsFrom({ steps }: RunModel, first: string): ReadonlySet<string> {
  const again = new Set([first]);
  // The order of the plan: a step comes after those that it depends on.
  for (const { key, dependsOn } of steps.values()) if (dependsOn.some((one) => again.has(one))) again.add(key);
  return again;
}

/** Steps, then compensations, each in their order. */
export function sectionsOf({ steps }: RunModel): {
  readonly plan: readonly StepModel[];
  readonly undo: readonly StepModel[];
} {
  const all = [...steps.values()];
  return { plan: all.filter(({ undoes }) => undoes === null), undo: all.filter(({ undoes }) => undoes !== null) };
}

/** Items of a `for_each` by what people want to know of them. Undefined for other steps. */
export function itemSummary({ itemCounts }: StepModel): { done: number; failed: number; total: number } | undefined {
  const entries = Object.entries(itemCounts) as [StepState, number][];
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  const failed = entries.reduce((sum, [state, count]) => sum + (FAILED.includes(state) ? count : 0), 0);
  return { done: itemCounts.SUCCEEDED ?? 0, failed, total };
}
