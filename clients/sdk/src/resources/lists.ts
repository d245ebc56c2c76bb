/** A part of a list. */
export interface Page<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
}

/** A list: `await` reads one page of it, `for await` every element of every page. */
export interface List<T> extends PromiseLike<Page<T>>, AsyncIterable<T> {}

/** `after` of the next page; undefined after the last. */
export function nextPage({ pageInfo }: Page<unknown>): string | undefined {
  return pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined;
}

export interface ListOptions {
  /** Elements in a page. */
  readonly first?: number;
  /** `pageInfo.endCursor` of the page before. */
  readonly after?: string;
  readonly signal?: AbortSignal;
}

/** The list whose pages a function reads. Nothing is read before the list is used. */
export function listOf<T>(after: string | undefined, read: (after: string | undefined) => Promise<Page<T>>): List<T> {
  return {
    // biome-ignore lint/suspicious/noThenProperty: `await` reads a page
    then: (onPage, onError) => read(after).then(onPage, onError),
    async *[Symbol.asyncIterator]() {
      let next = after;
      for (;;) {
        const page = await read(next);
        yield* page.nodes;
        next = nextPage(page);
        if (next === undefined) return;
      }
    },
  };
}
