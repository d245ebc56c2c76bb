import type { NewEvent } from '../../core/event.ts';
import { canonicalJson } from '../../lib/json.ts';
import type { AppendOutcome, AppendRequest } from './plan-commit.ts';

/** What the writer's thread is started with. */
export interface WriterOptions {
  readonly journal:
    | { readonly kind: 'sqlite'; readonly file: string }
    | { readonly kind: 'postgres'; readonly url: string };
  /** The node that appends. */
  readonly nodeId: string;
}

/** Appends, each as the text of `encodeAppend`; null asks the writer to close. */
export type WriterRequest = readonly string[] | null;

/** Commits to one database. */
export interface JournalWriter {
  /** Never throws: if the store cannot write, every append is rejected. */
  commit(appends: readonly AppendRequest[]): CommitResult | Promise<CommitResult>;
  close(): void | Promise<void>;
}

export type CommitResult = Omit<WriterReply, 'seconds'>;

/** The outcomes of as many appends, in the order in which they were sent. */
export interface WriterReply {
  readonly outcomes: readonly AppendOutcome[];
  /** How long the commit took, until it was durable. */
  readonly seconds: number;
  /** Why the store could not write, for the log. */
  readonly failure?: string;
}

/**
 * An append as it is sent to the writer: a text is cheaper to send than a tree of objects, and has a size. A header line, then
 * one line for each payload, as the journal will store it: canonical JSON has no line break.
 * @throws Error for a payload that has no canonical form
 */
export function encodeAppend({ runId, expectedSeq, events }: AppendRequest): string {
  const headers = events.map(({ type, at, step }) =>
    step === undefined ? [type, at.getTime()] : [type, at.getTime(), step],
  );
  let text = JSON.stringify([runId, expectedSeq, headers]);
  for (const { payload } of events) text += `\n${canonicalJson(payload)}`;
  return text;
}

/** The append of a text from `encodeAppend`. */
export function decodeAppend(text: string): AppendRequest {
  const [first, ...payloads] = text.split('\n');
  const [runId, expectedSeq, headers] = JSON.parse(first as string) as [string, number, [string, number, string?][]];
  const events = headers.map(([type, time, step], i) => {
    const at = new Date(time);
    const payload: unknown = JSON.parse(payloads[i] as string);
    return (step === undefined ? { type, at, payload } : { type, at, step, payload }) as NewEvent;
  });
  return { runId, expectedSeq, events, payloads };
}
