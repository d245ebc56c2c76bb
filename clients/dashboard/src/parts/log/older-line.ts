import { client } from '../../api/client.ts';
import { type LogLevel, LogOlderMatchDocument, type LogOlderMatchQuery } from '../../api/generated/graphql.ts';

export interface WantedLine {
  readonly runId: string;
  readonly step: string;
  /** At least this level. */
  readonly level?: LogLevel | undefined;
  readonly text?: string | undefined;
}

/** The `seq` of the newest line before a cursor that matches; undefined when no line does. The server may search in several parts. */
export async function findOlderLine(wanted: WantedLine, before: string | undefined): Promise<number | undefined> {
  let cursor: string | null | undefined = before;
  while (cursor != null) {
    const { run }: LogOlderMatchQuery = await client.request(LogOlderMatchDocument, { ...wanted, before: cursor });
    const match = run?.step?.logs.events.at(-1);
    if (match) return match.seq;
    cursor = run?.step?.logs.startCursor;
  }
  return undefined;
}
