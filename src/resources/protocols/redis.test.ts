import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, type RedisServer, startRedisServer } from '../../../test/support/resources/redis-server.ts';
import { createTestResources, type TestResources } from '../../../test/support/resources/resources.ts';
import { openRedis, type Redis } from '../redis/redis.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };

describe.skipIf(!hasRedis)('redis:', () => {
  let server: RedisServer;
  let redis: Redis;
  let resources: TestResources;
  const write = (key: string, value: string | Uint8Array) => redis.write(key, Buffer.from(value), 60);
  beforeAll(async () => {
    server = await startRedisServer();
    redis = await openRedis(server.secretUrl, logger);
    resources = await createTestResources({ redis, fetchMaxBytes: 1_000 });
  });
  afterAll(async () => {
    redis?.close();
    await resources?.close();
    await server?.kill();
  });

  it('reads the string under exactly that key, once the policy has agreed to its URI', async () => {
    await write('ctx:job_1', '{"a":1}');
    await write('ctx/job_1', 'another');
    const body = await resources.open('REDIS://ctx:job_1');
    expect(body).toMatchObject({ uri: 'redis://ctx:job_1', mediaType: 'application/json', size: 7 });
    expect(await body.text()).toBe('{"a":1}');
    expect(await (await resources.open('redis://ctx/job_1')).text()).toBe('another');
    expect(resources.authorizedUris.splice(0)).toEqual(['redis://ctx:job_1', 'redis://ctx/job_1']);
    resources.forbidden.add('redis://ctx:job_1');
    await expect(resources.open('redis://ctx:job_1')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    resources.forbidden.clear();
  });

  it.each([
    ['JSON', '[1, 2]', 'application/json'],
    ['other text', '[1, 2', 'text/plain; charset=utf-8'],
    ['nothing', '', 'text/plain; charset=utf-8'],
    ['bytes', Buffer.of(0xff, 0xfe), 'application/octet-stream'],
  ])('finds out that a value is %s, which has no type in Redis', async (_, value, mediaType) => {
    await write('value', value);
    const body = await resources.open('redis://value');
    expect(body.mediaType).toBe(mediaType);
    expect(Buffer.from(value).equals(await body.bytes())).toBe(true);
  });

  it('is limited like any read, and not found when there is nothing', async () => {
    await write('large', 'x'.repeat(1_001));
    await expect(resources.open('redis://large')).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
    await expect(resources.open('redis://none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('without a server is UNSUPPORTED_SCHEME, with what to set', async () => {
    const without = await createTestResources();
    const error = expect.objectContaining({
      code: 'UNSUPPORTED_SCHEME',
      message: expect.stringContaining('REDIS_URL'),
    });
    await expect(without.open('redis://ctx:job_1')).rejects.toEqual(error);
    await without.close();
  });

  it('is UNAVAILABLE while the server is gone', async () => {
    await server.kill();
    await expect(resources.open('redis://ctx:job_1')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
