import { eachPage, type FetchPage } from '../connection/each-page.ts';
import type { Row } from '../output/format-rows.ts';
import type { Context } from './context.ts';

/** Prints the first `limit` nodes of a list: lines of JSON and IDs page by page, other forms when all are there. */
export async function printPages<Node>(
  ctx: Context,
  limit: number,
  fetchPage: FetchPage<Node>,
  toRow: (node: Node) => Row,
): Promise<void> {
  const isStream = ctx.output === 'jsonl' || ctx.output === 'id';
  const all: Row[] = [];
  for await (const nodes of eachPage(fetchPage, limit)) {
    if (isStream) ctx.print(nodes.map(toRow));
    else all.push(...nodes.map(toRow));
  }
  if (!isStream) ctx.print(all);
}
