import { Fault } from '../../core/errors.ts';
import type { Redis } from '../redis/redis.ts';

/** Of a context or a result, as the SDKs have it. */
const MAX_BYTES = 2 * 2 ** 20;
/** Longer than a job may take, so that a worker finds its context whenever it begins. */
const CONTEXT_SECONDS = 25 * 3_600;
/** Of what was copied: a node that takes over may copy it again. */
const COPIED_SECONDS = 3_600;

/** The contexts and results of jobs in Redis, under the keys of the Cordum Agent Protocol. */
export interface PointerStore {
  /** Stores what the worker of a job reads. @returns `redis://ctx:JOB_ID`. @throws Fault RESOURCE_TOO_LARGE, UNAVAILABLE */
  writeContext(jobId: string, bytes: Uint8Array): Promise<string>;
  /**
   * Whether a worker of that job may have written what the pointer refers to: `redis://res:JOB_ID`, or `redis://art:ANY`; some
   * write a slash in place of the colon. Any other key is a resource, about which the policy must be asked.
   */
  has(pointer: string, jobId: string): boolean;
  /** @throws Fault NOT_FOUND when it has expired, RESOURCE_TOO_LARGE over 2 MiB or the limit, UNAVAILABLE */
  read(pointer: string, maxBytes: number): Promise<Uint8Array>;
  /** Has the bytes removed in an hour: they were copied. */
  expire(pointer: string): Promise<void>;
}

const SCHEME = 'redis://';

export function createPointerStore(redis: Redis): PointerStore {
  const keyOf = (pointer: string) => {
    if (!pointer.startsWith(SCHEME)) throw new TypeError(`${pointer} is not a pointer to Redis`);
    return pointer.slice(SCHEME.length);
  };
  return {
    async writeContext(jobId, bytes) {
      if (bytes.length > MAX_BYTES) {
        const message = `The context of a job may have at most ${MAX_BYTES} bytes; this has ${bytes.length}. Store it elsewhere, and set context_ptr.`;
        throw new Fault('RESOURCE_TOO_LARGE', message, { path: ['context'], details: { maxBytes: MAX_BYTES } });
      }
      const key = `ctx:${jobId}`;
      await redis.write(key, bytes, CONTEXT_SECONDS);
      return SCHEME + key;
    },
    has: (pointer, jobId) => {
      const [, kind, id] = /^redis:\/\/(res|art)[:/](.+)$/s.exec(pointer) ?? [];
      return kind === 'art' || (kind === 'res' && id === jobId);
    },
    async read(pointer, maxBytes) {
      const bytes = await redis.read(keyOf(pointer), Math.min(maxBytes, MAX_BYTES));
      if (bytes) return bytes;
      throw new Fault('NOT_FOUND', `There is no ${pointer}. It has expired, or the worker did not write it.`);
    },
    expire: async (pointer) => redis.expire(keyOf(pointer), COPIED_SECONDS),
  };
}
