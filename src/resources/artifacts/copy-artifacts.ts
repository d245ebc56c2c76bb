import type { ArtifactRemoval, ArtifactStore } from '../../core/artifact-store.ts';
import { Fault } from '../../core/errors.ts';

/** Artifacts that are copied at once. */
const LANES = 8;

export interface CopiedArtifacts {
  /** Of those, the number that had to be copied. */
  readonly copied: number;
  /** Bytes of what was copied. */
  readonly bytes: number;
  /** Digests that the source does not have. */
  readonly missing: readonly string[];
}

/** Copies the artifacts that the target does not have. Each is verified as it is read. @throws Fault UNAVAILABLE for a damaged one */
export async function copyArtifacts(
  digests: Iterable<string>,
  from: Pick<ArtifactStore, 'open'>,
  to: Pick<ArtifactStore, 'has' | 'put'>,
): Promise<CopiedArtifacts> {
  let [copied, bytes] = [0, 0];
  const missing: string[] = [];
  const copy = async (digest: string) => {
    if (await to.has(digest)) return;
    try {
      const stored = await to.put(await from.open(digest), { maxBytes: Number.MAX_SAFE_INTEGER });
      copied += 1;
      bytes += stored.size;
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'NOT_FOUND') throw error;
      missing.push(digest);
    }
  };
  const queue = digests[Symbol.iterator]();
  const lane = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await copy(next.value);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { copied, bytes, missing: missing.sort() };
}

/** Removes what is in the store besides these. */
export async function keepArtifacts(digests: ReadonlySet<string>, store: ArtifactRemoval): Promise<void> {
  const now = new Date();
  for await (const digest of store.unusedSince(now)) {
    if (!digests.has(digest)) await store.removeUnused(digest, now, async () => false);
  }
}
