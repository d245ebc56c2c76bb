export interface SearchHit {
  readonly title: string;
  /** Where it is: http(s); of the offline index file:, or the path from the folder that is indexed. */
  readonly url: string;
  /** A part that fits the query; may be empty. */
  readonly snippet: string;
}

/** Whoever answers searches. */
export interface Searcher {
  /** Told with every result, so that nobody takes the offline index for the web. */
  readonly source: 'searxng' | 'brave' | 'offline index';
  /** @returns at most `limit`, the most fitting first. @throws Fault */
  search(query: string, limit: number, signal: AbortSignal): Promise<readonly SearchHit[]>;
}
