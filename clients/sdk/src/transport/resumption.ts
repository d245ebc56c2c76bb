import type { Operation } from './open-connection.ts';
import { SignalboxError } from './signalbox-error.ts';

const MIN_DELAY_MS = 50;
const INITIAL_DELAY_MS = 250;
const MAX_DELAY_MS = 30_000;

/**
 * The delay in milliseconds after that many failures in a row (1, 2, 3 …). It doubles, with full jitter, so that the
 * clients of a restarted server do not all reconnect at the same moment.
 * @param random from 0 to 1.
 */
export function backoffMs(failures: number, random: number): number {
  return MIN_DELAY_MS + random * Math.min(MAX_DELAY_MS, INITIAL_DELAY_MS * 2 ** (failures - 1));
}

/** The delay before the next attempt: what the server asks for, if that is longer than `backoffMs`. */
export function retryDelayMs({ retryAfterMs = 0 }: SignalboxError, failures: number): number {
  return Math.max(backoffMs(failures, Math.random()), retryAfterMs);
}

/** Keeps the position of a subscription. */
export interface Resumption {
  /** The operation that continues after the newest result. */
  operation(): Operation;
  /** Stores the cursor of a result. Returns an error if the document declares `$after` but does not select `cursor`. */
  advance(data: unknown): SignalboxError | undefined;
}

/**
 * A subscription can resume if its document has a variable `$after` and selects `cursor` in its root field, as `events`
 * and `runEvents` do. Others start again after an interruption.
 */
export function createResumption({ query, variables }: Operation): Resumption {
  const resumes = /\$after\s*:/.test(query);
  let after: string | undefined;
  return {
    operation: () => ({ query, variables: after === undefined ? variables : { ...variables, after } }),
    advance(data) {
      if (!resumes) return undefined;
      // A subscription has exactly one root field (GraphQL, section 5.2.4.1); the document may give it any alias.
      const [root] = Object.values((data ?? {}) as Record<string, { readonly cursor?: unknown } | null>);
      if (typeof root?.cursor !== 'string') {
        return new SignalboxError(
          'BAD_INPUT',
          'The subscription cannot resume: it has a variable `$after` but does not select `cursor`. Select `cursor` in its root field.',
        );
      }
      after = root.cursor;
      return undefined;
    },
  };
}
