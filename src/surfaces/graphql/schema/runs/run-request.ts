import { builder } from '../builder/builder.ts';
import { within } from '../builder/pagination.ts';
import { isRefused, Refusal } from '../errors/refusal.ts';
import { Run } from '../nodes/refs.ts';

/** Longer ones follow the run with a subscription. */
const MOST_MS = 60_000;

/** The field `waitMs` of inputs that start a run. */
export const WAIT_MS = {
  defaultValue: 0,
  description: `Milliseconds to wait for its end before answering, at most ${MOST_MS}. The run goes on in any case.`,
} as const;

/** The field `idempotencyKey` of inputs that start a run. */
export const IDEMPOTENCY_KEY = {
  description: 'Text of your own. The same key again gives the same run instead of another one.',
} as const;

/** @throws Fault BAD_INPUT */
export function waitOf(waitMs: number | null | undefined): number {
  return within('input.waitMs', waitMs ?? 0, 0, MOST_MS, 'follow longer runs with runUpdated');
}

export const RunResult = builder.unionType('RunResult', {
  description: 'A run, or why nothing was done.',
  types: [Run, Refusal],
  resolveType: (value) => (isRefused(value) ? 'Refusal' : 'Run'),
});
