import { Fault } from '../../core/errors.ts';
import type { TaskOutcome } from './cpu-task.ts';

const RETRY_AFTER_MS = 1_000;

/** The output of a task. @throws Fault of the task, or the Error that is its bug */
export function outputOf(outcome: TaskOutcome, maxMemoryMb: number): unknown {
  if ('fault' in outcome) throw new Fault(outcome.fault.code, outcome.fault.message, outcome.fault);
  if ('bug' in outcome) throw Object.assign(new Error(outcome.bug.message), { stack: outcome.bug.stack ?? '' });
  if ('outOfMemory' in outcome) throw memoryFault(maxMemoryMb);
  return outcome.output;
}

export function memoryFault(maxMemoryMb: number): Fault {
  const message = `This needs more than the ${maxMemoryMb} MiB of memory of one worker. Use less data.`;
  return new Fault('RESOURCE_TOO_LARGE', message);
}

export function timeoutFault(timeoutMs: number, advice = 'Use less data, or split the work.'): Fault {
  return new Fault('TIMEOUT', `This took more than ${timeoutMs} ms of CPU time and was stopped. ${advice}`);
}

/** The reason of the signal, when that is a Fault such as TIMEOUT. */
export function cancelFault(signal: AbortSignal): Fault {
  return signal.reason instanceof Fault ? signal.reason : new Fault('CANCELLED', 'The caller cancelled the task.');
}

export function lostFault(attempts: number, cause: unknown): Fault {
  const message = `The worker of this task was lost ${attempts} times before the task had ended. Try again later.`;
  return new Fault('UNAVAILABLE', message, { cause, retryAfterMs: RETRY_AFTER_MS });
}

export function fullFault(waiting: number, limit: 'user' | 'server'): Fault {
  const who = limit === 'user' ? `${waiting} of your tasks` : `${waiting} tasks`;
  const message = `${who} wait for a worker, which is the limit of one ${limit}. Try again in a moment.`;
  return new Fault('UNAVAILABLE', message, { retryAfterMs: RETRY_AFTER_MS });
}

export function stoppingFault(): Fault {
  return new Fault('UNAVAILABLE', 'The server is stopping. Try again in a moment.', { retryAfterMs: RETRY_AFTER_MS });
}
