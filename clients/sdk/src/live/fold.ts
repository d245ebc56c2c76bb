import type { StepState } from '../generated/graphql.ts';
import { isFinalRunState, isFinalStepState, type LiveEvent, type RunModel, type StepModel } from './run-model.ts';

type EventOf<Type extends LiveEvent['__typename']> = Extract<LiveEvent, { readonly __typename: Type }>;

/**
 * The run after an event. Pure and total: an event that the model has already, or that says nothing of the run or of its steps,
 * returns the same model. Events must come in order, from the cursor of the snapshot on.
 */
export function fold(model: RunModel, event: LiveEvent): RunModel {
  if (event.seq <= model.seq) return model;
  const next = apply(model, event);
  return next === model ? model : { ...next, seq: event.seq };
}

function apply(model: RunModel, event: LiveEvent): RunModel {
  switch (event.__typename) {
    case 'RunStateChanged':
      return {
        ...model,
        state: event.to,
        error: event.error,
        startedAt: model.startedAt ?? (event.from === 'PENDING' ? event.at : null),
        finishedAt: isFinalRunState(event.to) ? event.at : null,
      };
    case 'StepStateChanged':
      return stepStateChanged(model, event);
    case 'StepsAdded':
      return stepsAdded(model, event);
    case 'StepProgress':
      return changeStep(model, event.step, ({ progress }) => ({
        progress: { percent: event.percent ?? null, memo: event.memo ?? progress?.memo ?? null },
      }));
    case 'ApprovalRequested':
    case 'ApprovalDecided':
      return changeStep(model, event.step, () => ({ approval: event.approval }));
    default:
      return model;
  }
}

function stepStateChanged(model: RunModel, event: EventOf<'StepStateChanged'>): RunModel {
  const { step: key, stepFrom, stepTo: state, attempt, error, scheduledAt, startedAt, wakeAt, at } = event;
  const parent = parentOfItem(model, key);
  if (parent) return countItems(model, parent, { [stepFrom]: -1, [state]: 1 });
  // What it repairs, or that it is retried, is in the step alone.
  const isRepeated = state === 'PENDING' && stepFrom !== 'PENDING';
  const begins = state === 'RUNNING' || state === 'DISPATCHED';
  const changed = changeStep(model, key, (step) => ({
    state,
    attempt,
    error,
    wakeAt,
    scheduledAt: scheduledAt ?? (state === 'SCHEDULED' ? at : step.scheduledAt),
    startedAt: startedAt ?? (begins ? at : step.startedAt),
    finishedAt: isFinalStepState(state) && wakeAt == null ? at : null,
  }));
  return isRepeated ? { ...changed, isStale: true } : changed;
}

/** Items are counted; other steps, such as compensations, have to be read. */
function stepsAdded(model: RunModel, { keys }: EventOf<'StepsAdded'>): RunModel {
  let next = model;
  for (const key of keys) {
    const parent = parentOfItem(model, key);
    if (parent) next = countItems(next, parent, { PENDING: 1 });
    else next = { ...next, isStale: true };
  }
  return next;
}

/** The key of the `for_each` whose item `pages[3]` is; undefined for other steps. */
function parentOfItem({ steps }: RunModel, key: string | null | undefined): string | undefined {
  const parent = /^(.+)\[\d+\]$/.exec(key ?? '')?.[1];
  return parent !== undefined && steps.has(parent) && !steps.has(key ?? '') ? parent : undefined;
}

function countItems(model: RunModel, parent: string, changes: Partial<Record<StepState, number>>): RunModel {
  const counts = { ...model.steps.get(parent)?.itemCounts };
  let { isStale } = model;
  for (const [name, change] of Object.entries(changes)) {
    const state = name as StepState;
    const count = (counts[state] ?? 0) + change;
    // The counts were read after some of these events had happened, so they are in the counts already.
    isStale ||= count < 0;
    counts[state] = count;
    if (!count) delete counts[state];
  }
  return { ...changeStep(model, parent, () => ({ itemCounts: counts })), isStale };
}

function changeStep(
  model: RunModel,
  key: string | null | undefined,
  change: (step: StepModel) => Partial<StepModel>,
): RunModel {
  const step = model.steps.get(key ?? '');
  if (!step) return model;
  return { ...model, steps: new Map(model.steps).set(step.key, { ...step, ...change(step) }) };
}
