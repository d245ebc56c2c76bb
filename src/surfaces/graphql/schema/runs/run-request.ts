import { builder } from '../builder/builder.ts';
import { requireInRange } from '../builder/pagination.ts';
import { isRefusal, Refusal } from '../errors/refusal.ts';
import { Run } from '../nodes/refs.ts';

/** Longer ones follow the run with a subscription. */
const MAX_WAIT_MS = 60_000;

/** The field `waitMs` of inputs that start a run. */
export const WAIT_MS_FIELD = {
  defaultValue: 0,
  description: `Milliseconds to wait for its end before answering, at most ${MAX_WAIT_MS}. The run goes on in any case.`,
} as const;

/** The field `idempotencyKey` of inputs that start a run. */
export const IDEMPOTENCY_KEY_FIELD = {
  description: 'Text of your own. The same key again gives the same run instead of another one.',
} as const;

/** @throws Fault BAD_INPUT */
export function parseWaitMs(waitMs: number | null | undefined): number {
  return requireInRange('input.waitMs', waitMs ?? 0, 0, MAX_WAIT_MS, 'follow longer runs with runUpdated');
}

export const RunResult = builder.unionType('RunResult', {
  description: 'A run, or why nothing was done.',
  types: [Run, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'Run'),
});
