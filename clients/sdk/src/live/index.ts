// A run as a model that follows its events: for views, hooks and programs that show what happens.

export { eventHistory } from './event-history.ts';
export { fold } from './fold.ts';
export {
  createRunModel,
  isFinalRunState,
  isFinalStepState,
  type LiveEvent,
  type RunModel,
  type StepModel,
} from './run-model.ts';
export { type WatchOptions, watchRun } from './watch-run.ts';
