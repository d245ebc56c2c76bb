/** Both ends count, from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Bytes that were stored. */
export interface StoredBytes {
  /** sha256, 64 hex digits. */
  readonly digest: string;
  readonly size: number;
}

/** Immutable bytes addressed by digest. Knows no tenants: who may read what is asked of the store first. */
export interface ArtifactStore {
  /** Durable when it resolves; the same bytes are kept once. @throws Fault RESOURCE_TOO_LARGE, UNAVAILABLE (disk full) */
  put(
    bytes: AsyncIterable<Uint8Array> | Uint8Array,
    options: { readonly maxBytes: number; readonly signal?: AbortSignal },
  ): Promise<StoredBytes>;
  /** Takes a finished file over by renaming it. The file must lie in `scratch()`. */
  adopt(path: string, options: { readonly maxBytes: number }): Promise<StoredBytes>;
  /** @param range first and last byte, counted from 0; all of them unless told. @throws Fault NOT_FOUND */
  open(digest: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  read(digest: string, maxBytes: number): Promise<Uint8Array>;
  has(digest: string): Promise<boolean>;
  /** A new path on the same disk for a file on its way; emptied at start. */
  scratch(): string;
}

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
