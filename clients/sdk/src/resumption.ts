import type { Operation } from './open-connection.ts';
import { SignalboxError } from './signalbox-error.ts';

const MIN_DELAY_MS = 50;
const INITIAL_DELAY_MS = 250;
const MAX_DELAY_MS = 30_000;

/**
 * How long to wait after so many failures in a row (1, 2, 3 …), in milliseconds. Doubling with full jitter: the many
 * clients of a server that restarts do not all come back in the same moment.
 * @param random from 0 to 1.
 */
export function backoffMs(failures: number, random: number): number {
  return MIN_DELAY_MS + random * Math.min(MAX_DELAY_MS, INITIAL_DELAY_MS * 2 ** (failures - 1));
}

/** Keeps the place of a subscription. */
export interface Resumption {
  /** The operation that goes on where the results so far ended. */
  operation(): Operation;
  /** Takes the cursor of a result. Gives the error of a document that declares `$after` and selects no cursor. */
  advance(data: unknown): SignalboxError | undefined;
}

/**
 * A subscription can resume when its document has a variable `$after` and selects `cursor` in its root field, as
 * `events` and `runEvents` do. Others start over after an interruption.
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
        return new SignalboxError('BAD_INPUT', 'Select `cursor` in the subscription: it is where `$after` goes on.');
      }
      after = root.cursor;
      return undefined;
    },
  };
}
