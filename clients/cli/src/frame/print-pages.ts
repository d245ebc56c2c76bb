import { eachPage, type FetchPage } from '../connection/each-page.ts';
import type { Row } from '../output/format-rows.ts';
import type { Context } from './context.ts';

/**
 * Prints the first `limit` nodes of a list: lines of JSON and IDs page by page, other forms when all are there. Says when the list
 * has more, except to who wants the first one.
 */
export async function printPages<Node>(
  ctx: Context,
  limit: number,
  fetchPage: FetchPage<Node>,
  toRow: (node: Node) => Row,
): Promise<void> {
  const isStream = ctx.output === 'jsonl' || ctx.output === 'id';
  const all: Row[] = [];
  let hasMore = false;
  const fetchNext: FetchPage<Node> = async (page) => {
    const connection = await fetchPage(page);
    hasMore = connection.pageInfo.hasNextPage;
    return connection;
  };
  for await (const nodes of eachPage(fetchNext, limit)) {
    if (isStream) await ctx.print(nodes.map(toRow));
    else all.push(...nodes.map(toRow));
  }
  if (!isStream) await ctx.print(all);
  if (hasMore && limit > 1) ctx.note('There are more. --limit lists them too.');
}
