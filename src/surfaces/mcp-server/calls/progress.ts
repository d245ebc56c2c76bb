import type { Event } from '../../../core/event.ts';
import { isFinalStepState } from '../../../core/states.ts';

/** Progress of a run, in steps; a running step counts with its fraction. */
export interface Progress {
  readonly progress: number;
  readonly total: number;
  readonly message?: string;
}

const MAX_MESSAGE_CHARACTERS = 500;

/**
 * Makes progress of a run's events. It only ever rises, as MCP wants it, by a hundredth of a step at least; so there are
 * not more reports than a hundred for each step. What was said meanwhile comes with the next one.
 */
export function createProgressReporter(report: (progress: Progress) => void): (event: Event) => void {
  const done = new Set<string>();
  const under = new Map<string, number>();
  let total = 0;
  let told = -1;
  let message: string | undefined;

  const tell = () => {
    const parts = [...under.values()].reduce((sum, percent) => sum + percent, 0);
    const progress = Math.floor(done.size * 100 + parts) / 100;
    if (progress <= told) return;
    told = progress;
    report({ progress, total, ...(message !== undefined && { message: message.slice(0, MAX_MESSAGE_CHARACTERS) }) });
    message = undefined;
  };

  return (event) => {
    const { type, step = '' } = event;
    if (type === 'RUN_CREATED' || type === 'STEPS_ADDED') {
      total += event.payload.steps.length;
    } else if (type === 'STEP_STATE_CHANGED') {
      const { to } = event.payload;
      under.delete(step);
      if (isFinalStepState(to)) done.add(step);
      else done.delete(step);
      message = `${step}: ${to}`;
    } else if (type === 'STEP_PROGRESS') {
      const { percent, memo } = event.payload;
      if (percent !== undefined && !done.has(step)) under.set(step, Math.min(100, Math.max(0, percent)));
      message = memo ?? message;
    } else if (type === 'NOTIFICATION') {
      message = event.payload.message;
    } else return;
    tell();
  };
}
