import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, type RedisServer, startRedisServer } from '../../../test/support/resources/redis-server.ts';
import { openRedis, type Redis } from '../redis/redis.ts';
import { createPointerStore, type PointerStore } from './pointer-store.ts';

const MAX_BYTES = 2 * 2 ** 20;
const logger = { debug() {}, info() {}, warn() {}, error() {} };

describe.skipIf(!hasRedis)('the pointers of jobs', () => {
  let server: RedisServer;
  let redis: Redis;
  let raw: Client;
  let pointers: PointerStore;
  beforeAll(async () => {
    server = await startRedisServer();
    redis = await openRedis(server.secretUrl, logger);
    raw = new Client(server.url);
    pointers = createPointerStore(redis);
  });
  afterAll(async () => {
    redis?.close();
    raw?.disconnect();
    await server?.kill();
  });

  it('are keys as the SDKs of the protocol use them', async () => {
    for (const id of ['job_1', 'with space', 'zażółć']) {
      expect(await pointers.writeContext(id, Buffer.from('{"a":1}'))).toBe(`redis://ctx:${id}`);
      expect(await raw.get(`ctx:${id}`)).toBe('{"a":1}');
      expect(await raw.ttl(`ctx:${id}`)).toBeGreaterThan(24 * 3_600);
      await raw.set(`res:${id}`, Buffer.of(0, 255));
      expect(await pointers.read(`redis://res:${id}`, 10)).toEqual(Buffer.of(0, 255));
    }
  });

  it('have at most 2 MiB both ways', async () => {
    const large = Buffer.alloc(MAX_BYTES + 1, 'x');
    await expect(pointers.writeContext('large', large)).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
    expect(await raw.exists('ctx:large')).toBe(0);
    await pointers.writeContext('large', large.subarray(1));
    await raw.set('res:large', large.subarray(1));
    expect(await pointers.read('redis://res:large', 1e9)).toHaveLength(MAX_BYTES);
    await raw.append('res:large', 'x');
    await expect(pointers.read('redis://res:large', 1e9)).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
    await expect(pointers.read('redis://res:job_1', 1)).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
  });

  it('that have expired, or were never written, are NOT_FOUND', async () => {
    await expect(pointers.read('redis://res:never', 10)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('expire an hour after they were copied', async () => {
    await raw.set('res:copied', 'x');
    await pointers.expire('redis://res:copied');
    expect(await raw.ttl('res:copied')).toBeGreaterThan(3_000);
    expect(await raw.ttl('res:copied')).toBeLessThanOrEqual(3_600);
    await pointers.expire('redis://res:never');
  });

  it('are read for a worker only where a worker of this job writes', () => {
    const own = ['redis://res:1', 'redis://res/1', 'redis://art:anything', 'redis://art/anything'];
    for (const pointer of own) expect(pointers.has(pointer, '1')).toBe(true);
    const others = [
      'redis://res:2',
      'redis://res:11',
      'redis://ctx:1',
      'redis://session:1',
      'redis://',
      'artifact:1',
      '',
    ];
    for (const pointer of others) expect(pointers.has(pointer, '1')).toBe(false);
  });
});
