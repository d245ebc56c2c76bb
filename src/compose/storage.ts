import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { ArtifactRemoval, ArtifactStore } from '../core/artifact-store.ts';
import { Fault } from '../core/errors.ts';
import type { HealthCheck, Logger } from '../core/telemetry.ts';
import { createArtifactStore } from '../resources/artifacts/artifact-store.ts';
import type { Redis } from '../resources/redis/redis.ts';
import type { ResourcesDeps } from '../resources/resources.ts';
import type { S3Client } from '../resources/s3/s3-client.ts';
import { createServiceCheck } from '../telemetry/service-check.ts';

/** Where bytes are kept that are not in the database. */
export interface Storage extends Pick<ResourcesDeps, 's3' | 'redis'> {
  readonly artifacts: ArtifactStore & ArtifactRemoval;
  /** For the health of the server. */
  readonly services: readonly (() => Promise<HealthCheck>)[];
}

/**
 * @param opened gets what closes each of them
 * @param user of the stores; default: the server of the data folder
 * @throws Fault UNAVAILABLE when the folder or the bucket of artifacts cannot be used
 */
export async function openStorage(
  config: Config,
  logger: Logger,
  opened: AsyncDisposableStack,
  user = 'server',
): Promise<Storage> {
  const client = await openS3(config, opened);
  const redis = await openRedisServer(config, logger, opened);
  const { artifacts, services } = await openArtifacts(config, client, user);
  const { artifacts: place } = config;
  return {
    artifacts,
    ...(client && { s3: { client, ...(place.kind === 's3' && { artifacts: place }) } }),
    ...(redis && { redis }),
    services: redis ? [...services, redisCheck(redis)] : services,
  };
}

async function openS3({ s3 }: Config, opened: AsyncDisposableStack): Promise<S3Client | undefined> {
  if (!s3) return undefined;
  // Few servers have one, and its libraries take memory. The same is true of Redis.
  const { createS3Client } = await import('../resources/s3/s3-client.ts');
  const client = createS3Client(s3);
  opened.defer(() => client.close());
  return client;
}

async function openRedisServer(
  { redisUrl }: Config,
  logger: Logger,
  opened: AsyncDisposableStack,
): Promise<Redis | undefined> {
  if (!redisUrl) return undefined;
  const { openRedis } = await import('../resources/redis/redis.ts');
  const redis = await openRedis(redisUrl, logger);
  opened.defer(() => redis.close());
  return redis;
}

function redisCheck(redis: Redis) {
  const detail = 'Redis does not answer, or refuses access: contexts and results of jobs cannot be exchanged.';
  return createServiceCheck('redis', () => redis.ping(), `${detail} See signalbox doctor.`);
}

async function openArtifacts(
  config: Config,
  client: S3Client | undefined,
  user: string,
): Promise<Pick<Storage, 'artifacts' | 'services'>> {
  const { artifacts: place, dataDir } = config;
  // A data folder belongs to one server, so its path names the node.
  const name = createHash('sha256').update(`${hostname()}:${dataDir}`).digest('hex').slice(0, 32);
  const node = user === 'server' ? name : `${user}-${name}`;
  if (place.kind === 'folder') return { artifacts: await createArtifactStore(place.folder, node), services: [] };
  // The environment is not valid without.
  if (!client) throw new TypeError('artifacts on S3 require a client of S3');
  const { bucket, prefix } = place;
  const { createS3Artifacts } = await import('../resources/artifacts/s3-artifacts.ts');
  const { listPage } = await import('../resources/s3/s3-listing.ts');
  const check = createServiceCheck(
    'artifacts',
    () => listPage(client, { bucket, prefix, max: 1 }),
    'S3 does not answer, or refuses access: artifacts can be neither stored nor read. See signalbox doctor.',
  );
  const options = { client, bucket, prefix, scratchFolder: join(dataDir, 'scratch'), node };
  const artifacts = await createS3Artifacts(options).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.code, `ARTIFACTS_URL cannot be used. ${error.message}`, { cause: error });
  });
  return { artifacts, services: [check] };
}
