import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../../src/config/config.ts';
import type { ArtifactStore } from '../../../src/core/artifact-store.ts';
import { Fault } from '../../../src/core/errors.ts';
import type { Body, ReadContext, ResourceInput, Resources } from '../../../src/core/resource.ts';
import { createArtifactStore } from '../../../src/resources/artifacts/artifact-store.ts';
import { createOutgoing, type OutgoingDeps } from '../../../src/resources/outgoing/outgoing.ts';
import { createResources, type ResourcesDeps } from '../../../src/resources/resources.ts';

export interface TestResources extends Resources {
  readonly artifacts: ArtifactStore;
  /** Every canonical URI that policy was asked about, in order. */
  readonly authorizedUris: string[];
  /** Policy forbids these. */
  readonly forbidden: Set<string>;
  /** `read` with a context that allows all but `forbidden`. */
  open(source: ResourceInput | string, ctx?: Partial<ReadContext>): Promise<Body>;
  close(): Promise<void>;
}

/** The real thing on real files and sockets, as the tests of this floor need it; policy alone is played. */
export async function createTestResources(
  settings: Partial<Config['resources']> &
    Pick<OutgoingDeps, 'lookup'> &
    Partial<Pick<ResourcesDeps, 'content' | 'protocols' | 's3' | 'redis'>> = {},
): Promise<TestResources> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-resources-'));
  const all = {
    fetchMaxBytes: 1024 * 1024,
    allowedPrivateHosts: [],
    localRoots: [],
    memoryRoot: { name: '/memories', folder: join(folder, 'memories') },
    headerTimeoutMs: 5_000,
    totalTimeoutMs: 10_000,
    content: async () => undefined,
    protocols: [],
    ...settings,
  };
  const artifacts = await createArtifactStore(folder);
  const outgoing = createOutgoing({ version: '0.0.0-test', ...all });
  const resources = createResources({
    settings: all,
    outgoing,
    artifacts,
    content: all.content,
    protocols: all.protocols,
    ...(all.s3 && { s3: all.s3 }),
    ...(all.redis && { redis: all.redis }),
  });
  const asked: string[] = [];
  const forbidden = new Set<string>();
  return {
    ...resources,
    ...{ artifacts, authorizedUris: asked, forbidden },
    open: (source, ctx) =>
      resources.read(typeof source === 'string' ? { uri: source } : source, {
        signal: new AbortController().signal,
        maxBytes: all.fetchMaxBytes,
        authorize: (uri) => {
          asked.push(uri.href);
          if (forbidden.has(uri.href)) throw new Fault('FORBIDDEN', `forbidden: ${uri.href}`);
        },
        ...ctx,
      }),
    close: async () => {
      await outgoing.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
