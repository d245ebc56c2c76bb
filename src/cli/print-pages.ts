import type { Page, PageArgs } from '../core/store-reader.ts';
import type { VerbContext } from './verb.ts';

const PAGE_SIZE = 100;

/** Prints all nodes of a list: lines of JSON and IDs page by page, other forms when all are there. */
export async function printPages<Node>(
  { output, print }: VerbContext,
  fetchPage: (page: PageArgs) => Promise<Page<Node>>,
  toRow: (node: Node) => Parameters<VerbContext['print']>[0][number],
): Promise<void> {
  const isStream = output === 'jsonl' || output === 'id';
  const all: ReturnType<typeof toRow>[] = [];
  for (let after: string | undefined; ; ) {
    const { edges, hasNextPage, endCursor } = await fetchPage({ first: PAGE_SIZE, ...(after && { after }) });
    const rows = edges.map(({ node }) => toRow(node));
    if (isStream) await print(rows);
    else all.push(...rows);
    if (!hasNextPage) break;
    after = endCursor;
  }
  if (!isStream) await print(all);
}
