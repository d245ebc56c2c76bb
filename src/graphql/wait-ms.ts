import { within } from './page-args.ts';

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
