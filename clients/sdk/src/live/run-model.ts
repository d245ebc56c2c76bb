import type {
  LiveEventsSubscription,
  LiveRunQuery,
  LiveStepPartsFragment,
  RunState,
  StepState,
} from '../generated/graphql.ts';

type RunSnapshot = NonNullable<LiveRunQuery['run']>;

/** An event of a run, as `watchRun` receives it. */
export type LiveEvent = LiveEventsSubscription['events']['events'][number];

/** A step as of the newest event. Times are in ISO 8601. */
export interface StepModel extends Omit<LiveStepPartsFragment, 'itemCounts'> {
  /** Number of the items of a `for_each` in each state; empty for other steps. */
  readonly itemCounts: Readonly<Partial<Record<StepState, number>>>;
}

/** A run as of the newest event. It is never changed: each event makes a new one, in which other steps stay the same objects. */
export interface RunModel extends Omit<RunSnapshot, 'steps' | 'cursor'> {
  /** By key, in the order of the plan, followed by compensations. */
  readonly steps: ReadonlyMap<string, StepModel>;
  /** Number of the newest event in the model that came after the snapshot; 0 before the first. */
  readonly seq: number;
  /** Whether something has happened that events do not say in full: the run must be read again. */
  readonly isStale: boolean;
}

/** The model of a run that was just read. */
export function createRunModel({ steps, cursor: _, ...run }: RunSnapshot): RunModel {
  return {
    ...run,
    steps: new Map(
      steps.map(({ itemCounts, ...step }) => [
        step.key,
        { ...step, itemCounts: Object.fromEntries(itemCounts.map(({ state, count }) => [state, count])) },
      ]),
    ),
    seq: 0,
    isStale: false,
  };
}

/** Of runs and of steps; a run is never in the states that only steps have. */
const FINAL_STATES: readonly (RunState | StepState)[] = [
  'SUCCEEDED',
  'FAILED',
  'FAILED_FATAL',
  'TIMEOUT',
  'DENIED',
  'SKIPPED',
  'CANCELLED',
];

/** Whether a run in the state has ended. `retryStep` may continue it. */
export function isFinalRunState(state: RunState): boolean {
  return FINAL_STATES.includes(state);
}

/** Whether a step in the state has ended. */
export function isFinalStepState(state: StepState): boolean {
  return FINAL_STATES.includes(state);
}
