import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArtifactStore } from '../../../src/resources/artifacts/artifact-store.ts';

/** An artifact store in a temporary folder, with a time that the test sets for each artifact. */
export async function artifactsOnDisk() {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-artifacts-'));
  const store = await createArtifactStore(folder);
  return {
    removal: store,
    put: async (text: string, at: Date) => {
      const { digest } = await store.put(Buffer.from(text), { maxBytes: 1_000 });
      await utimes(join(folder, digest.slice(0, 2), digest.slice(2, 4), digest), at, at);
      return digest;
    },
    digests: async () => {
      const digests: string[] = [];
      for await (const digest of store.unusedSince(new Date(8.64e15))) digests.push(digest);
      return digests.sort();
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
