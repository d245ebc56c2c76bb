import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArtifactRemoval } from '../../core/artifact-store.ts';
import { Fault } from '../../core/errors.ts';
import { backoffDelayMs } from '../../lib/backoff.ts';
import type { S3Client } from '../s3/s3-client.ts';
import { withS3Faults } from '../s3/s3-fault.ts';
import { listPage } from '../s3/s3-listing.ts';
import { deleteObject, putObject } from '../s3/s3-objects.ts';
import { isDigest } from './artifact-bytes.ts';

/** A removal that has not sent its DELETE by then gives up. */
const REMOVAL_MS = 60_000;
const DELETE_TIMEOUT_MS = 30_000;
/** Older marks are left over from a node that was killed. Longer than a removal with its DELETE takes. */
const MARK_MS = 120_000;
/** Longer than a put waits for a mark. */
const KEEP_MS = 300_000;
const RETRY = { baseMs: 50, maxMs: 2_000, random: Math.random };

interface S3RemovalOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  keyOf(digest: string): string;
}

interface S3Removal extends ArtifactRemoval {
  /** Has an artifact put so that no removal of the same digest, on any node, that runs at the same time takes it away. */
  keep(digest: string, put: () => Promise<void>): Promise<void>;
}

/**
 * Removes artifacts from a bucket. S3 cannot rename, nor delete on a condition that every service knows. So a removal
 * first puts a mark next to the object, then checks its age, and only then deletes it; and a put lists the object with
 * its marks afterwards. If the put ended before the mark was there, the removal finds a new object. Otherwise the put finds the
 * mark, or that the object is gone, and puts it again when the removal has ended. This relies on the strong consistency that S3
 * promises.
 */
export function createS3Removal({ client, bucket, prefix, keyOf }: S3RemovalOptions): S3Removal {
  const isOurs = (key: string, digest: string) => isDigest(digest) && key === keyOf(digest);

  /** The object, if it exists, and whether a removal marks it. */
  const look = async (digest: string) => {
    const { objects, now } = await listPage(client, { bucket, prefix: keyOf(digest) });
    const object = objects.find(({ key }) => key === keyOf(digest));
    const marks = objects.filter(({ key }) => key !== keyOf(digest));
    return { object, isMarked: marks.some(({ lastModified }) => now.getTime() - lastModified.getTime() < MARK_MS) };
  };

  async function* listed(before: Date): AsyncGenerator<string> {
    let from: string | undefined;
    do {
      const { objects, next } = await withS3Faults(() =>
        listPage(client, { bucket, prefix, ...(from !== undefined && { from }) }),
      );
      for (const { key, lastModified } of objects) if (lastModified < before) yield key;
      from = next;
    } while (from !== undefined);
  }

  return {
    async keep(digest, put) {
      const until = performance.now() + KEEP_MS;
      await put();
      for (let attempt = 1; performance.now() < until; attempt += 1) {
        const { object, isMarked } = await look(digest);
        if (object && !isMarked) return;
        if (isMarked) await sleep(backoffDelayMs(attempt, RETRY));
        else await put();
      }
      throw new Fault('UNAVAILABLE', 'S3 does not list what it has stored. Ask the operator to check S3_ENDPOINT.');
    },
    unusedSince: async function* (before) {
      for await (const key of listed(before)) {
        const [digest = '', mark] = basename(key).split('.');
        if (mark === undefined && isOurs(key, digest)) yield digest;
        // No removal takes that long.
        else if (mark !== undefined && key.startsWith(`${keyOf(digest)}.`)) await deleteObject(client, { bucket, key });
      }
    },
    removeUnused: (digest, before, isNeeded) =>
      withS3Faults(async () => {
        const until = performance.now() + REMOVAL_MS;
        const mark = { bucket, key: `${keyOf(digest)}.${randomUUID()}` };
        await putObject(client, mark, new Uint8Array());
        try {
          const { object } = await look(digest);
          if (!object || object.lastModified >= before || (await isNeeded()) || performance.now() > until) return false;
          await deleteObject(client, { bucket, key: keyOf(digest) }, AbortSignal.timeout(DELETE_TIMEOUT_MS));
          return true;
        } finally {
          await deleteObject(client, mark);
        }
      }),
  };
}
