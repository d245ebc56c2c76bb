import type { Context } from '../frame/context.ts';
import { UsageError } from '../output/exit-codes.ts';
import { createConnectionNotes } from './connection-notes.ts';

export interface FollowOptions {
  readonly progress?: string;
}

/**
 * The results of a subscription until it ends or ^C. Says on standard error when the connection is lost and when it is back, except with
 * `--progress none`. The server sends a result after each reconnection, also if nothing has happened.
 */
export async function* followStream<Result>(
  ctx: Context,
  { progress }: FollowOptions,
  results: AsyncIterable<Result>,
): AsyncGenerator<Result, undefined> {
  const notes = createConnectionNotes(progress === 'none' ? () => {} : ctx.note);
  ctx.onInterrupted(notes.interrupted);
  for await (const result of results) {
    notes.current();
    yield result;
  }
}

/** @throws UsageError for `-o json`, whose list is complete only at its end */
export function requireLines({ output }: Pick<Context, 'output'>): void {
  if (output === 'json')
    throw new UsageError('-o json prints one list when it is complete, and this does not end. Use -o jsonl.');
}
