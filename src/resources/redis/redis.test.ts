import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, type RedisServer, startRedisServer } from '../../../test/support/resources/redis-server.ts';
import { until } from '../../../test/support/until.ts';
import { createSecret } from '../../config/secrets.ts';
import type { Logger } from '../../core/telemetry.ts';
import { openRedis, type Redis } from './redis.ts';

const logged: string[] = [];
const log = (event: string, fields?: object) => void logged.push(`${event} ${JSON.stringify(fields)}`);
const logger: Logger = { debug: log, info: log, warn: log, error: log };
const unavailable = (message: RegExp) => ({
  name: 'Fault',
  code: 'UNAVAILABLE',
  message: expect.stringMatching(message),
});

describe.skipIf(!hasRedis)('Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  let raw: Client;
  beforeAll(async () => {
    server = await startRedisServer();
    redis = await openRedis(server.secretUrl, logger);
    raw = new Client(server.url);
    raw.on('error', () => {});
  });
  afterAll(async () => {
    redis?.close();
    raw?.disconnect();
    await server?.kill();
  });

  it('returns any bytes unchanged, under any key', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    for (const key of ['a', 'ctx:job 1', 'ctx/zażółć', '%41\\"']) {
      await redis.write(key, bytes, 60);
      expect(bytes.equals((await redis.read(key, 256)) ?? Buffer.of())).toBe(true);
      expect(bytes.equals((await raw.getBuffer(key)) ?? Buffer.of())).toBe(true);
    }
  });

  it('distinguishes a key that is missing from an empty string', async () => {
    await raw.set('empty', '');
    expect(await redis.read('missing', 9)).toBeUndefined();
    expect(await redis.read('empty', 0)).toEqual(Buffer.of());
  });

  it('returns a value of the limit, and none that is larger', async () => {
    await raw.set('large', 'x'.repeat(1_000));
    expect(await redis.read('large', 1_000)).toHaveLength(1_000);
    await expect(redis.read('large', 999)).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
  });

  it('removes what was written after its time, or when it is told to', async () => {
    await redis.write('for a while', Buffer.from('x'), 100);
    expect(await raw.ttl('for a while')).toBeGreaterThan(90);
    await redis.expire('for a while', 50);
    expect(await raw.ttl('for a while')).toBeLessThanOrEqual(50);
    await redis.expire('missing', 50);
    await redis.remove('for a while');
    expect(await redis.read('for a while', 9)).toBeUndefined();
  });

  it('says what is wrong with a key of another type', async () => {
    await raw.rpush('list', 'a');
    await expect(redis.read('list', 9)).rejects.toMatchObject({ code: 'BAD_INPUT', message: /no string/ });
  });

  it('fails at once while the server is gone, queues nothing, and reconnects without being asked', async () => {
    logged.length = 0;
    await server.kill();
    await until('the loss is noticed', () =>
      redis.ping().then(
        () => false,
        () => true,
      ),
    );
    const writes = Array.from({ length: 1_000 }, (_, i) => redis.write(`lost ${i}`, Buffer.alloc(1_000), 60));
    for (const { status } of await Promise.allSettled(writes)) expect(status).toBe('rejected');
    await expect(redis.read('a', 9)).rejects.toMatchObject(unavailable(/cannot be reached.*REDIS_URL/));
    await server.start();
    await until('it is connected again', () =>
      redis.ping().then(
        () => true,
        () => false,
      ),
    );
    expect(await redis.read('lost 0', 9)).toBeUndefined();
    expect(logged.map((line) => line.split(' ')[0])).toEqual(['redis.disconnected', 'redis.reconnected']);
  });

  it('fails when the server is silent, and works when it is not', async () => {
    const impatient = await openRedis(server.secretUrl, logger, { silenceMs: 200 });
    server.signal('SIGSTOP');
    try {
      await expect(impatient.ping()).rejects.toMatchObject(unavailable(/cannot be reached/));
    } finally {
      server.signal('SIGCONT');
    }
    await until('it answers again', () =>
      impatient.ping().then(
        () => true,
        () => false,
      ),
    );
    impatient.close();
  });
});

describe.skipIf(!hasRedis)('a Redis server', () => {
  const urlOf = (server: RedisServer, userinfo: string) =>
    createSecret(Buffer.from(server.url.replace('//', `//${userinfo}@`)));

  it('is used with its password, and another one is refused, which is not shown', async () => {
    await using server = await startRedisServer('--requirepass', 'p@ss:w/rd');
    const redis = await openRedis(urlOf(server, `:${encodeURIComponent('p@ss:w/rd')}`), logger);
    await redis.write('a', Buffer.from('b'), 60);
    redis.close();
    logged.length = 0;
    const wrong = await openRedis(urlOf(server, ':hunter2'), logger);
    await expect(wrong.read('a', 9)).rejects.toMatchObject(unavailable(/refuses the credentials.*REDIS_URL/));
    wrong.close();
    const none = await openRedis(server.secretUrl, logger);
    await expect(none.read('a', 9)).rejects.toMatchObject(unavailable(/requires a password/));
    none.close();
    expect(logged.join()).not.toContain('hunter2');
  });

  it('needs no more rights than a worker of jobs has', async () => {
    const rules = ['on', '>secret', '~ctx:*', '+set', '+getrange', '+strlen', '+exists', '+expire', '+ping'];
    await using server = await startRedisServer('--user', 'jobs', ...rules);
    const redis = await openRedis(urlOf(server, 'jobs:secret'), logger);
    await redis.write('ctx:1', Buffer.from('b'), 60);
    expect(Buffer.from((await redis.read('ctx:1', 9)) ?? []).toString()).toBe('b');
    await expect(redis.read('other', 9)).rejects.toMatchObject(unavailable(/may not use this command or key/));
    redis.close();
  });

  it('that is full is UNAVAILABLE, and says so', async () => {
    await using server = await startRedisServer('--maxmemory', '1', '--maxmemory-policy', 'noeviction');
    const redis = await openRedis(server.secretUrl, logger);
    await expect(redis.write('a', Buffer.from('b'), 60)).rejects.toMatchObject(unavailable(/no memory left/));
    redis.close();
  });

  it('may start after this server', async () => {
    await using server = await startRedisServer();
    await server.kill();
    const redis = await openRedis(server.secretUrl, logger);
    await expect(redis.ping()).rejects.toMatchObject(unavailable(/cannot be reached/));
    await server.start();
    await until('it is connected', () =>
      redis.ping().then(
        () => true,
        () => false,
      ),
    );
    redis.close();
  });
});
