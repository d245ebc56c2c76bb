/** Largest page of the API. */
const MAX_PAGE = 100;

interface Connection<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

export type FetchPage<Node> = (page: { readonly first: number; readonly after?: string }) => Promise<Connection<Node>>;

/** The first `limit` nodes of a list, page by page. */
export async function* eachPage<Node>(fetchPage: FetchPage<Node>, limit: number): AsyncGenerator<readonly Node[]> {
  let left = limit;
  let after: string | undefined;
  while (left > 0) {
    const first = Math.min(left, MAX_PAGE);
    const { nodes, pageInfo } = await fetchPage({ first, ...(after !== undefined && { after }) });
    yield nodes;
    left -= nodes.length;
    if (!pageInfo.hasNextPage || !pageInfo.endCursor) return;
    after = pageInfo.endCursor;
  }
}
