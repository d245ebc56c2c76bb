import type { ArtifactRemoval } from '../../src/core/artifact-store.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { DAYS, type FillTarget, SHARED_DIGEST } from './fill-store.ts';

const tenant = 'default';
const DAY_MS = 86_400_000;

/** The time of one operation of a store, in milliseconds. @param runs that are stored */
type MeasureStore = (store: Store, runs: number) => Promise<number>;

export async function openFilledStore({ kind, location }: FillTarget): Promise<Store> {
  const database = kind === 'sqlite' ? { kind, file: location } : { kind, url: location };
  return openStore({ database, logger: createLogger({ level: 'error' }) });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** One tick. @param removed how many of the oldest runs are older than they are kept */
async function retain(store: Store, runs: number, removed: number, digests: readonly string[]): Promise<number> {
  const artifacts: ArtifactRemoval = {
    removeUnused: async (_, __, isReferenced) => !(await isReferenced()),
    unusedSince: async function* () {
      yield* digests;
    },
  };
  const [oldest] = (await store.reader.runs({ tenant }, {}, { last: 1 })).edges;
  const interval = Math.floor((DAYS * DAY_MS) / runs);
  const now = new Date((oldest?.node.createdAt.getTime() ?? 0) + removed * interval + DAY_MS);
  const retention = store.startRetention({ artifacts, clock: { now: () => now }, days: 1 });
  const ms = await timed(() => retention.tick());
  await retention.stop();
  return ms;
}

/** What the server does without a request, and reads of users who may only see their own. */
export const measureStore: Readonly<Record<string, MeasureStore>> = {
  'retention, nothing to remove': (store, runs) => retain(store, runs, 0, []),
  'retention, of a digest that many runs have': (store, runs) => retain(store, runs, 0, [SHARED_DIGEST]),
  'retention, of the oldest 50 runs': (store, runs) => retain(store, runs, 50, []),
  'renewal of the lease': (store) => timed(() => store.leases.renew(new Date())),
  'content that the user and many others have': (store) =>
    timed(() => store.reader.content({ tenant, subject: 'user-4' }, SHARED_DIGEST)),
  'content that many others have, and not the user': (store) =>
    timed(() => store.reader.content({ tenant, subject: 'dave' }, SHARED_DIGEST)),
  'artifact that many others have, and not the user': (store) =>
    timed(() => store.reader.artifactByDigest({ tenant, subject: 'dave' }, SHARED_DIGEST)),
  'approvals of a user who has none': (store) =>
    timed(() => store.reader.approvals({ tenant, subject: 'dave' }, undefined, { first: 20 })),
  'runs of a user who has few': (store) => timed(() => store.reader.runs({ tenant, subject: 'carol' }, {}, {})),
};
