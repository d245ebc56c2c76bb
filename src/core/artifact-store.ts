/** First and last byte, both inclusive, from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What identifies stored bytes. */
export interface StoredBytes {
  /** sha256, 64 hex digits. */
  readonly digest: string;
  readonly size: number;
}

/**
 * Immutable bytes addressed by digest, which is verified when all of them are read. It has no tenants: callers first check with
 * the store who may read them.
 */
export interface ArtifactStore {
  /** Durable when it resolves; identical bytes are stored once. @throws Fault RESOURCE_TOO_LARGE, UNAVAILABLE (full, not reachable) */
  put(
    bytes: AsyncIterable<Uint8Array> | Uint8Array,
    options: { readonly maxBytes: number; readonly signal?: AbortSignal },
  ): Promise<StoredBytes>;
  /** Takes over a finished file. It must come from `scratch()`, and no longer exists there afterwards. */
  adopt(path: string, options: { readonly maxBytes: number }): Promise<StoredBytes>;
  /** @param range default: all bytes. @throws Fault NOT_FOUND, UNAVAILABLE, also while reading: damaged, or not reachable */
  open(digest: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  read(digest: string, maxBytes: number): Promise<Uint8Array>;
  has(digest: string): Promise<boolean>;
  /** A new path for a temporary file; the folder is emptied when the server starts. */
  scratch(): string;
}

/** The part of an artifact store that only retention uses. */
export interface ArtifactRemoval {
  /** Digests of artifacts that have not been put since `before`, in no order. */
  unusedSince(before: Date): AsyncIterable<string>;
  /**
   * Removes an artifact, unless it has been put since `before`, or `isNeeded` resolves to true after it was set aside:
   * then nothing changes. A concurrent put of the same bytes leaves them stored.
   * @returns whether the artifact existed and was removed.
   */
  removeUnused(digest: string, before: Date, isNeeded: () => Promise<boolean>): Promise<boolean>;
}

/** The part of the workspaces of runs that only retention uses. */
export interface WorkspaceRemoval {
  /** Ids of runs whose folder has not changed since `before`, in no order. */
  unusedSince(before: Date): AsyncIterable<string>;
  remove(runId: string): Promise<void>;
}
