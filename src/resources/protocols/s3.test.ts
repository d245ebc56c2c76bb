import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3ClientOf } from '../../../test/support/resources/artifacts-on-s3.ts';
import { codeOfUri } from '../../../test/support/resources/code-of-uri.ts';
import { type FakeS3, startFakeS3 } from '../../../test/support/resources/fake-s3.ts';
import { createTestResources, type TestResources } from '../../../test/support/resources/resources.ts';
import { parseUriGlob } from '../../policy/globs/parse-uri-glob.ts';
import { matchUriGlob, splitUri } from '../../policy/globs/uri-glob.ts';
import { canonicalUri } from '../canonical-uri.ts';
import type { S3Client } from '../s3/s3-client.ts';

describe('the URI of an object in S3', () => {
  it('is one for each key, whatever was escaped', () => {
    const character = fc.oneof(
      fc.constantFrom(
        '/',
        ' ',
        '?',
        '#',
        '%',
        '+',
        '&',
        '!',
        "'",
        '(',
        '*',
        '[',
        '|',
        '^',
        '{',
        'é',
        '日',
        '~',
        ':',
        '@',
      ),
      fc.string({ minLength: 1, maxLength: 1 }),
    );
    const key = fc
      .array(character, { minLength: 1, maxLength: 12 })
      .map((characters) => characters.join(''))
      .filter((text) => !/[\p{Cc}\\]|%[0-9a-f]{2}/iu.test(text) && !/(?:^|\/)\.\.?(?:\/|$)/.test(text));
    const escaped = (text: string, all: boolean) =>
      [...text]
        .map((c) => {
          const code =
            all || !/[\p{ASCII}]/u.test(c)
              ? Buffer.from(c).toString('hex').replace(/../g, '%$&')
              : encodeURIComponent(c);
          return c === '/' || c === '.' ? c : code;
        })
        .join('');
    fc.assert(
      fc.property(key, fc.boolean(), (text, all) => {
        const uri = canonicalUri(`s3://bucket/${escaped(text, all)}`);
        expect(decodeURIComponent(uri.path.slice(1))).toBe(text);
        expect(uri).toEqual(canonicalUri(`s3://bucket/${escaped(text, !all)}`));
        expect(canonicalUri(uri.href)).toEqual(uri);
        expect(uri.href).toMatch(/^s3:\/\/bucket\/[\x21-\x7e]+$/);
        expect(matchUriGlob(parseUriGlob('s3://bucket/**'), splitUri(uri))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    's3:',
    's3://',
    's3://bucket',
    's3://bucket/',
    's3:bucket/key',
    's3:///key',
    's3://Bucket/key',
    's3://%62ucket/key',
    's3://bucket:9000/key',
    's3://id@bucket/key',
    's3://10.0.0.1:9000/bucket/key',
    's3://bucket/key?versionId=1',
    's3://bucket/key#1',
    's3://bucket/a%2fb',
    's3://bucket/a%2541',
    's3://bucket/a\\b',
    's3://bucket/%ff',
    's3://bucket/..',
    `s3://bucket/${'é'.repeat(513)}`,
  ])('is not %j', (text) => {
    expect(codeOfUri(text)).toBe('BAD_INPUT');
  });

  it('has its dot segments resolved before the policy sees it', () => {
    expect(canonicalUri('s3://bucket/public/%2e%2e/private').href).toBe('s3://bucket/private');
    expect(canonicalUri('S3://bucket/a//b').href).toBe('s3://bucket/a//b');
  });
});

describe('s3:', () => {
  let fake: FakeS3;
  let client: S3Client;
  let resources: TestResources;
  const write = (key: string, value: string | Uint8Array, headers: Record<string, string> = {}) =>
    fake.objects.set(`bucket/${key}`, { bytes: Buffer.from(value), lastModified: new Date(), headers });
  beforeAll(async () => {
    fake = await startFakeS3();
    client = s3ClientOf(fake);
    const artifacts = { bucket: 'bucket', prefix: 'signalbox/' };
    resources = await createTestResources({ s3: { client, artifacts }, fetchMaxBytes: 5_000_000 });
  });
  afterAll(async () => {
    await client?.close();
    await resources?.close();
    await fake?.close();
  });

  it('reads an object, once the policy has agreed to its URI', async () => {
    write('a b/zażółć+1.csv', 'x,y');
    const body = await resources.open('s3://bucket/a%20b/za%C5%BC%C3%B3%C5%82%C4%87+1.csv');
    expect(body).toMatchObject({ mediaType: 'text/csv', size: 3 });
    expect(await body.text()).toBe('x,y');
    expect(resources.authorizedUris.splice(0)).toEqual([body.uri]);
    resources.forbidden.add('s3://bucket/secret');
    write('secret', 'x');
    const requests = fake.requests.length;
    await expect(resources.open('s3://bucket/secret')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(fake.requests).toHaveLength(requests);
  });

  it.each([
    ['has its type', 'a', { 'content-type': 'application/json' }, 'application/json'],
    ['has none, and a known extension', 'a.JSON', { 'content-type': 'binary/octet-stream' }, 'application/json'],
    ['has none', 'a', { 'content-type': 'binary/octet-stream' }, 'application/octet-stream'],
  ])('knows the type of an object that %s', async (_, key, headers, mediaType) => {
    write(key, '{}', headers);
    expect((await resources.open(`s3://bucket/${key}`)).mediaType).toBe(mediaType);
  });

  it('reads a large object in pieces, an empty one, and one that is compressed', async () => {
    const text = 'abcdefg'.repeat(500_000);
    write('large', text);
    expect(await (await resources.open('s3://bucket/large')).text()).toBe(text);
    write('empty', '');
    expect(await (await resources.open('s3://bucket/empty')).text()).toBe('');
    write('zipped', gzipSync(text), { 'content-encoding': 'gzip' });
    const zipped = await resources.open('s3://bucket/zipped');
    expect(zipped.size).toBeUndefined();
    expect(await zipped.text()).toBe(text);
  });

  it('is limited like any read, also after decompression', async () => {
    const error = expect.objectContaining({ code: 'RESOURCE_TOO_LARGE' });
    write('huge', Buffer.alloc(5_000_001));
    await expect(resources.open('s3://bucket/huge')).rejects.toEqual(error);
    write('bomb', gzipSync(Buffer.alloc(5_000_001)), { 'content-encoding': 'gzip' });
    await expect((await resources.open('s3://bucket/bomb')).bytes()).rejects.toEqual(error);
  });

  it('does not mix two versions of an object', async () => {
    write('changing', 'a'.repeat(2_500_000));
    const body = await resources.open('s3://bucket/changing');
    write('changing', 'b'.repeat(2_500_000));
    await expect(body.bytes()).rejects.toMatchObject({ code: 'RESOURCE_UNREACHABLE', message: /changed/ });
  });

  it('says what is missing or refused', async () => {
    const codeOf = (uri: string) =>
      resources.open(uri).then(
        () => 'read',
        ({ code }) => code,
      );
    expect(await codeOf('s3://bucket/none')).toBe('NOT_FOUND');
    expect(await codeOf('s3://no-bucket/none')).toBe('NOT_FOUND');
    fake.fault = () => ({ status: 403, code: 'AccessDenied' });
    expect(await codeOf('s3://bucket/none')).toBe('RESOURCE_UNREACHABLE');
    fake.fault = () => ({ status: 507, code: 'InsufficientStorage' });
    expect(await codeOf('s3://bucket/none')).toBe('UNAVAILABLE');
    fake.fault = () => undefined;
  });

  it('never reads artifacts, which are not separated by tenant there', async () => {
    write('signalbox/ab/cd/abcd', 'of another tenant');
    await expect(resources.open('s3://bucket/signalbox/ab/cd/abcd')).rejects.toMatchObject({
      ...{ code: 'FORBIDDEN', message: /artifact:sha256/ },
    });
    write('signalbox-reports', 'mine');
    expect(await (await resources.open('s3://bucket/signalbox-reports')).text()).toBe('mine');
  });

  it('without credentials is UNSUPPORTED_SCHEME, with what to set', async () => {
    const without = await createTestResources();
    const error = { code: 'UNSUPPORTED_SCHEME', message: expect.stringContaining('S3_SECRET_ACCESS_KEY') };
    await expect(without.open('s3://bucket/a')).rejects.toMatchObject(error);
    await without.close();
  });
});
