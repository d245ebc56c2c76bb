import type { NewEvent } from '../core/event.ts';
import type { Append, AppendResult } from './plan-commit.ts';

/** What the append queue starts the worker with. */
export interface WriterWork {
  readonly journal: string;
}

/** Some appends, each as the text of `encodeAppend`; null asks the writer to close. */
export type WriterRequest = readonly string[] | null;

/** The results of as many appends, in the order in which they were sent. */
export interface WriterReply {
  readonly results: readonly AppendResult[];
  /** How long the commit took, until it was durable. */
  readonly seconds: number;
  /** Why the store could not write, for the log. */
  readonly failure?: string;
}

/** An append on its way to the writer: one text is cheaper to send than a tree of objects, and has a size. */
export function encodeAppend({ runId, expectedSeq, events }: Append): string {
  return JSON.stringify([
    runId,
    expectedSeq,
    events.map(({ type, at, step, payload }) => [type, at.getTime(), step ?? null, payload]),
  ]);
}

/** The append that `encodeAppend` made the text of. */
export function decodeAppend(text: string): Append {
  const [runId, expectedSeq, events] = JSON.parse(text) as [string, number, [string, number, string | null, unknown][]];
  return {
    runId,
    expectedSeq,
    events: events.map(
      ([type, at, step, payload]) => ({ type, at: new Date(at), ...(step !== null && { step }), payload }) as NewEvent,
    ),
  };
}
