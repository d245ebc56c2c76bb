import { client } from '../../api/client.ts';
import { LogPageDocument, type LogPageQuery, type LogPageQueryVariables } from '../../api/generated/graphql.ts';
import type { LogOptions } from './log-window.ts';

export interface WantedLine extends LogOptions {
  readonly text?: string | undefined;
}

type Part = Pick<LogPageQueryVariables, 'first' | 'after' | 'fromSeq' | 'last' | 'before' | 'beforeSeq'>;

/**
 * The `seq` of the first line that matches from a `seq` on, or of the last one before it; without a `seq`, of all lines. Undefined when no line
 * does.
 */
export async function findLine(
  wanted: WantedLine,
  direction: 1 | -1,
  seq?: number | undefined,
): Promise<number | undefined> {
  let part: Part | undefined = direction === 1 ? { first: 1, fromSeq: seq } : { last: 1, beforeSeq: seq };
  // The server may search in several parts.
  while (part) {
    const page: LogPageQuery = await client.request(LogPageDocument, { ...wanted, ...part });
    const logs = page.run?.logs;
    const match = logs?.events.at(0);
    if (match && 'seq' in match) return match.seq;
    if (direction === 1) part = logs?.caughtUp === false ? { first: 1, after: logs.cursor } : undefined;
    else part = logs?.startCursor ? { last: 1, before: logs.startCursor } : undefined;
  }
  return undefined;
}
