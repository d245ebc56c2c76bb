import { isFinalRunState, RUN_STATES } from '../core/states.ts';

/** The states of runs that somebody has to drive, as a list of SQL literals. */
export const UNFINISHED_STATES = RUN_STATES.filter((state) => !isFinalRunState(state))
  .map((state) => `'${state}'`)
  .join(', ');
