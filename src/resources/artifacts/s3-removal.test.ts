import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { artifactName, sha256 } from '../../../test/support/resources/artifact-contract.ts';
import { artifactRemovalContract } from '../../../test/support/resources/artifact-removal-contract.ts';
import { artifactsOnS3 } from '../../../test/support/resources/artifacts-on-s3.ts';
import { until } from '../../../test/support/until.ts';

describe('artifacts on S3', () => artifactRemovalContract(artifactsOnS3));

const HOUR_MS = 3_600_000;
const hourAgo = () => new Date(Date.now() - HOUR_MS);
const unneeded = async () => false;

describe('removing artifacts from a bucket', () => {
  let harness: Awaited<ReturnType<typeof artifactsOnS3>>;
  beforeEach(async () => {
    harness = await artifactsOnS3();
  });
  afterEach(() => harness.close());

  const put = (text: string) => harness.store.put(Buffer.from(text), { maxBytes: 1e7 });
  const placeOf = (digest: string) => `bucket/some/prefix/${artifactName(digest)}`;
  const putOld = async (text: string) => {
    const { digest } = await put(text);
    await harness.setTime(digest, new Date(Date.now() - 2 * HOUR_MS));
    return digest;
  };
  const listed = async () => {
    const digests: string[] = [];
    for await (const digest of harness.store.unusedSince(hourAgo())) digests.push(digest);
    return digests;
  };

  it('loses nothing that is put between the check of a removal and its DELETE', async () => {
    const { fake, store } = harness;
    const digest = await putOld('in between');
    let putting: Promise<unknown> | undefined;
    fake.fault = async ({ method, key }) => {
      if (method === 'DELETE' && key === placeOf(digest) && !putting) {
        putting = put('in between');
        await until('it has been put', () => (fake.objects.get(key)?.lastModified ?? 0) > hourAgo());
      }
      return undefined;
    };
    expect(await store.removeUnused(digest, hourAgo(), unneeded)).toBe(true);
    await putting;
    expect(Buffer.from(await store.read(digest, 100)).toString()).toBe('in between');
    expect(await harness.names()).toEqual([artifactName(digest)]);
  });

  it('loses nothing that is put while two nodes remove it, whose requests arrive in turns', async () => {
    const { fake, store } = harness;
    const digest = await putOld('twice');
    const deletes: (() => void)[] = [];
    fake.fault = ({ method, key }) => {
      if (method !== 'DELETE' || key !== placeOf(digest)) return undefined;
      return new Promise((resolve) => deletes.push(() => resolve(undefined)));
    };
    const removals = [0, 1].map(() => store.removeUnused(digest, hourAgo(), unneeded));
    await until('both are about to delete', () => deletes.length === 2);
    deletes[0]?.();
    await until('the first has deleted it', () => !fake.objects.has(placeOf(digest)));
    let isPut = false;
    const putting = put('twice').then(() => {
      isPut = true;
    });
    await until('it has been put', () => fake.objects.has(placeOf(digest)));
    await until('and was looked at', () => fake.requests.at(-1)?.startsWith('GET bucket') || isPut);
    deletes[1]?.();
    await Promise.all([...removals, putting]);
    expect(Buffer.from(await store.read(digest, 100)).toString()).toBe('twice');
  });

  it('puts past the mark of a node that was killed while it removed, and sweeps that mark up later', async () => {
    const { fake, store } = harness;
    const digest = sha256('marked');
    const mark = `${artifactName(digest)}.0b5a`;
    const twoMinutesAgo = new Date(Date.now() - 130_000);
    await harness.write(mark, '');
    Object.assign(fake.objects.get(`bucket/some/prefix/${mark}`) ?? {}, { lastModified: twoMinutesAgo });
    await put('marked');
    expect(await listed()).toEqual([]);
    expect(await harness.names()).toEqual([artifactName(digest), mark]);
    Object.assign(fake.objects.get(`bucket/some/prefix/${mark}`) ?? {}, { lastModified: new Date(0) });
    expect(await listed()).toEqual([]);
    expect(await harness.names()).toEqual([artifactName(digest)]);
    expect(await store.has(digest)).toBe(true);
  });

  it('lists more artifacts than one page of S3 has', async () => {
    const digests = Array.from({ length: 1_100 }, (_, i) => sha256(String(i)));
    for (const digest of digests) await harness.write(artifactName(digest), '');
    expect(await listed()).toEqual(digests.sort());
  });
});
