/** The side of an artifact store that only retention sees: what lies there, and how it goes. */
export interface ArtifactRemoval {
  /** Digests of artifacts that nobody has put since `before`, in no order. */
  unusedSince(before: Date): AsyncIterable<string>;
  /**
   * Removes an artifact, unless somebody has put it since `before`, or `isNeeded` says so once it is set aside: then it
   * is as if nothing had happened. Whoever puts the same bytes meanwhile has them stored afterwards.
   * @returns whether it was there and is gone.
   */
  removeUnused(digest: string, before: Date, isNeeded: () => Promise<boolean>): Promise<boolean>;
}

/** The side of the folders of runs that only retention sees. */
export interface WorkspaceRemoval {
  /** Runs whose folder has not changed since `before`, in no order. */
  unusedSince(before: Date): AsyncIterable<string>;
  remove(runId: string): Promise<void>;
}
