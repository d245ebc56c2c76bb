import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Config } from '../../config/config.ts';
import type { Logger } from '../../core/telemetry.ts';
import { openRedis } from '../../resources/redis/redis.ts';
import { createS3Client } from '../../resources/s3/s3-client.ts';
import { withS3Faults } from '../../resources/s3/s3-fault.ts';
import { listPage } from '../../resources/s3/s3-listing.ts';
import { deleteObject, getPiece, putObject } from '../../resources/s3/s3-objects.ts';
import { nearestExisting } from './check-data.ts';
import { type Finding, limited, unusable, usable } from './finding.ts';

/** What the doctor leaves behind if it is killed. */
const PROBE_SECONDS = 60;

/** The folder of artifacts; or their bucket, by writing, listing, reading and removing an object. */
export async function checkArtifacts({ artifacts, s3 }: Config): Promise<readonly Finding[]> {
  if (artifacts.kind === 'folder') return [await checkFolder(artifacts.folder)];
  // The environment is not valid without.
  if (!s3) throw new TypeError('artifacts on S3 require its settings');
  const { bucket, prefix } = artifacts;
  const client = createS3Client(s3);
  const place = `s3://${bucket}/${prefix} at ${s3.endpoint}`;
  const probe = { bucket, key: `${prefix}probe-${randomUUID()}` };
  try {
    const began = performance.now();
    await withS3Faults(async () => {
      await putObject(client, probe, Buffer.from('probe'));
      const reads = [
        listPage(client, { bucket, prefix: probe.key }),
        getPiece(client, probe, { start: 0, end: 4 }),
      ] as const;
      await Promise.allSettled(reads);
      await deleteObject(client, probe);
      const [{ objects }, { bytes }] = await Promise.all(reads);
      if (objects.length !== 1 || Buffer.from(bytes).toString() !== 'probe')
        throw new Error('what was written was not read back');
    });
    return [usable('artifacts', `${place}, ${Math.round(performance.now() - began)} ms to write, read and remove`)];
  } catch (error) {
    return [
      unusable(
        'artifacts',
        `${place}: ${messageOf(error)}`,
        'Check ARTIFACTS_URL and the settings of S3; see docs/resources.md.',
      ),
    ];
  } finally {
    await client.close();
  }
}

const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The Redis server, by writing, reading and removing a key. */
export async function checkRedis({ redisUrl }: Config): Promise<readonly Finding[]> {
  if (!redisUrl)
    return [limited('redis', 'none: redis: cannot be read, and contexts of jobs are artifacts (REDIS_URL)')];
  const redis = await openRedis(redisUrl, silentLogger);
  const { host } = new URL(Buffer.from(redisUrl.reveal()).toString());
  const key = `ctx:signalbox-doctor-${randomUUID()}`;
  try {
    const began = performance.now();
    await redis.write(key, Buffer.from('probe'), PROBE_SECONDS);
    const bytes = await redis.read(key, 100);
    await redis.remove(key);
    if (Buffer.from(bytes ?? []).toString() !== 'probe') throw new Error('what was written was not read back');
    return [usable('redis', `${host}, ${Math.round(performance.now() - began)} ms to write, read and remove a key`)];
  } catch (error) {
    return [unusable('redis', `${host}: ${messageOf(error)}`, 'Check REDIS_URL; see docs/configuration.md#redis.')];
  } finally {
    redis.close();
  }
}

async function checkFolder(folder: string): Promise<Finding> {
  try {
    await access(await nearestExisting(folder), constants.W_OK | constants.X_OK);
    return usable('artifacts', folder);
  } catch {
    return unusable(
      'artifacts',
      `${folder} cannot be written`,
      'Set ARTIFACTS_DIR to a folder that this user may write to.',
    );
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
