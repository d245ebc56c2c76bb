import { builder } from '../builder/builder.ts';
import { requireInRange } from '../builder/pagination.ts';
import { isRefusal, Refusal } from '../errors/refusal.ts';
import { Run } from '../nodes/refs.ts';

/** For longer runs, clients subscribe. */
const MAX_WAIT_MS = 60_000;

/** The field `waitMs` of inputs that start a run. */
export const WAIT_MS_FIELD = {
  defaultValue: 0,
  description: `Milliseconds to wait for the end of the run before the response. Maximum ${MAX_WAIT_MS}; default 0. The run continues in any case.`,
} as const;

/** The field `idempotencyKey` of inputs that start a run. */
export const IDEMPOTENCY_KEY_FIELD = {
  description: 'Idempotency key. Repeating a request with the same key returns the original run.',
} as const;

/** @throws Fault BAD_INPUT */
export function parseWaitMs(waitMs: number | null | undefined): number {
  return requireInRange('input.waitMs', waitMs ?? 0, 0, MAX_WAIT_MS, 'follow longer runs with runUpdated');
}

export const RunResult = builder.unionType('RunResult', {
  description: 'A run, or why the request was refused.',
  types: [Run, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'Run'),
});
