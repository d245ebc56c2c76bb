import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { artifactContract, readText, sha256 } from '../../../test/support/resources/artifact-contract.ts';
import { artifactsOnS3, s3ClientOf } from '../../../test/support/resources/artifacts-on-s3.ts';
import { until } from '../../../test/support/until.ts';
import { createS3Artifacts } from './s3-artifacts.ts';

describe('artifacts on S3', () => artifactContract(artifactsOnS3));

describe('the bucket of artifacts', () => {
  let harness: Awaited<ReturnType<typeof artifactsOnS3>>;
  beforeEach(async () => {
    harness = await artifactsOnS3();
  });
  afterEach(() => harness.close());

  const put = (text: string) => harness.store.put(Buffer.from(text), { maxBytes: 1e7 });

  it('holds no connection for a slow reader', async () => {
    const { fake, store } = harness;
    const text = 'x'.repeat(3_000_000);
    const { digest } = await put(text);
    fake.requests.length = 0;
    const chunks = (await store.open(digest))[Symbol.asyncIterator]();
    expect((await chunks.next()).value).toHaveLength(1024 * 1024);
    // One is held back until the digest is known; nothing else is read ahead.
    expect(fake.requests).toHaveLength(2);
    await harness.close();
    await expect(chunks.next()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is asked again when S3 is busy or the connection breaks', async () => {
    const { fake, store } = harness;
    const failures = [{ status: 503, code: 'SlowDown' }, 'reset', { status: 500, code: 'InternalError' }] as const;
    let count = 0;
    fake.fault = () => failures[count++];
    const { digest } = await put('x'.repeat(2_000_000));
    count = 0;
    expect(await readText(await store.open(digest))).toHaveLength(2_000_000);
    expect(count).toBeGreaterThan(3);
  });

  it.each([
    ['is full', { status: 507, code: 'XMinioStorageFull' }, /no space/],
    ['has used up its quota', { status: 403, code: 'QuotaExceeded' }, /quota/],
    ['denies access', { status: 403, code: 'AccessDenied' }, /S3_ACCESS_KEY_ID.*may do/],
    ['is busy for long', { status: 503, code: 'SlowDown' }, /503 \(SlowDown\)\. Try again/],
    ['sends to another place', { status: 307, code: 'TemporaryRedirect' }, /S3_ENDPOINT/],
    ['breaks every connection', 'reset', /cannot be reached/],
  ] as const)('fails with UNAVAILABLE and the reason when S3 %s, and leaves nothing behind', async (_, fault, why) => {
    harness.fake.fault = () => fault;
    const failing = [put('one'), put('x'.repeat(2_000_000)), harness.store.open(sha256('one'))];
    for (const result of await Promise.allSettled(failing)) {
      expect(result).toMatchObject({ reason: { code: 'UNAVAILABLE', message: expect.stringMatching(why) } });
    }
    expect(await harness.names()).toEqual([]);
  });

  it.each([
    ['the bucket does not exist', {}, 'nowhere', /bucket does not exist/],
    ['the secret key is wrong', { S3_SECRET_ACCESS_KEY: 'wrong' }, 'bucket', /refuses the secret key/],
    ['the access key is unknown', { S3_ACCESS_KEY_ID: 'unknown' }, 'bucket', /does not know the access key/],
    ['the region is wrong', { S3_REGION: 'us-east-1' }, 'bucket', /S3_REGION/],
    ['nothing listens there', { S3_ENDPOINT: 'http://127.0.0.1:1' }, 'bucket', /cannot be reached.*S3_ENDPOINT/],
  ])('is not opened when %s', async (_, env, bucket, why) => {
    const client = s3ClientOf(harness.fake, { env });
    const scratchFolder = join(harness.store.scratch(), '..', 'more');
    const error = await createS3Artifacts({ client, bucket, prefix: '', scratchFolder, node: 'x' }).catch((e) => e);
    expect(error).toMatchObject({ name: 'Fault', code: 'UNAVAILABLE', message: expect.stringMatching(why) });
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain(harness.fake.env.S3_SECRET_ACCESS_KEY);
    await client.close();
  });

  it('fails with UNAVAILABLE when S3 is silent, and ends at once when the caller does not wait', async () => {
    const { fake } = harness;
    const client = s3ClientOf(fake, { idleTimeoutMs: 50 });
    fake.fault = () => 'silence';
    const request = { method: 'GET', bucket: 'bucket', maxBytes: 1 } as const;
    await expect(client.request(request)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: /too slow/ });
    const stop = new AbortController();
    const asked = fake.requests.length;
    const waiting = harness.store.put(Buffer.from('x'), { maxBytes: 9, signal: stop.signal });
    await until('it was asked', () => fake.requests.length > asked);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    await client.close();
  });
});
