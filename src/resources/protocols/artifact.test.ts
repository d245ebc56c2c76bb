import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestResources, type TestResources } from '../../../test/support/resources/resources.ts';
import type { Scope } from '../../core/principal.ts';
import type { StoredContent } from '../../core/store-reader.ts';

const sha256 = (bytes: string) => createHash('sha256').update(bytes).digest('hex');
const bytes = 'x'.repeat(100_000);
const [onDisk, inline, lost] = [sha256(bytes), sha256('zażółć'), sha256('lost')];
const mine: Scope = { tenant: 'one', subject: 'ada' };

let resources: TestResources;
const scopes: unknown[] = [];

beforeAll(async () => {
  const record = (digest: string, size: number): StoredContent => ({
    kind: 'artifact',
    artifact: { id: 'art_1', digest, name: 'x', mediaType: 'text/csv', size, runId: 'run_1', createdAt: new Date(0) },
  });
  const stored: Record<string, StoredContent> = {
    [onDisk]: record(onDisk, bytes.length),
    [lost]: record(lost, 4),
    [inline]: { kind: 'text', output: { mediaType: 'text/plain', size: 10, digest: inline, text: 'zażółć' } },
  };
  resources = await createTestResources({
    content: async (scope, digest) => {
      scopes.push(scope);
      return scope.tenant === mine.tenant ? stored[digest] : undefined;
    },
  });
  await resources.artifacts.put(Buffer.from(bytes), { maxBytes: 1e6 });
});

afterAll(() => resources.close());

const notFound = expect.objectContaining({ name: 'Fault', code: 'NOT_FOUND' });

describe('artifact:', () => {
  it('reads content on disk and content in the store alike', async () => {
    const disk = await resources.open(`artifact:sha256/${onDisk.toUpperCase()}`, { scope: mine });
    expect(disk).toMatchObject({ uri: `artifact:sha256/${onDisk}`, mediaType: 'text/csv', size: bytes.length });
    expect(await disk.text()).toBe(bytes);
    const text = await resources.open(`artifact:sha256/${inline}`, { scope: mine });
    expect(text).toMatchObject({ uri: `artifact:sha256/${inline}`, mediaType: 'text/plain', size: 10 });
    expect(await text.text()).toBe('zażółć');
  });

  it('is not found by callers who may not see it; the scope is passed unchanged', async () => {
    scopes.length = 0;
    const uri = `artifact:sha256/${onDisk}`;
    await expect(resources.open(uri, { scope: { tenant: 'two' } })).rejects.toEqual(notFound);
    await expect(resources.open(uri)).rejects.toEqual(notFound);
    expect(scopes).toEqual([{ tenant: 'two' }]);
  });

  it('is not found when it does not exist, or its bytes were removed', async () => {
    await expect(resources.open(`artifact:sha256/${sha256('never')}`, { scope: mine })).rejects.toEqual(notFound);
    await expect(resources.open(`artifact:sha256/${lost}`, { scope: mine })).rejects.toEqual(notFound);
  });

  it('is limited like any read', async () => {
    const error = expect.objectContaining({ code: 'RESOURCE_TOO_LARGE' });
    for (const digest of [onDisk, inline]) {
      await expect(resources.open(`artifact:sha256/${digest}`, { scope: mine, maxBytes: 9 })).rejects.toEqual(error);
    }
  });
});
