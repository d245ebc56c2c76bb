export interface SearchHit {
  readonly title: string;
  /** http(s); for the offline index file:, or a path relative to the indexed folder. */
  readonly url: string;
  /** An excerpt that matches the query; may be empty. */
  readonly snippet: string;
}

/** A search provider. */
export interface Searcher {
  /** Part of every result, so that the offline index is not mistaken for the web. */
  readonly source: 'searxng' | 'brave' | 'offline index';
  /** @returns at most `limit`, best matches first. @throws Fault */
  search(query: string, limit: number, signal: AbortSignal): Promise<readonly SearchHit[]>;
}
