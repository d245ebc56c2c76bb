import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeProvider, startFakeBrave, startFakeSearxng } from '../../../test/support/tools/search-providers.ts';
import { createSecret } from '../../config/secrets.ts';
import { createOutgoing, type Outgoing } from '../../resources/outgoing/outgoing.ts';
import { brave } from './brave.ts';
import type { Searcher } from './searcher.ts';
import { searxng } from './searxng.ts';

const KEY = 'BSA-for-tests';
const { signal } = new AbortController();
const fault = (code: string, message = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

let xng: FakeProvider;
let brv: FakeProvider;
let outgoing: Outgoing;
beforeAll(async () => {
  xng = await startFakeSearxng('/find');
  brv = await startFakeBrave(KEY);
  outgoing = createOutgoing({
    version: '0.0.0-test',
    allowedPrivateHosts: [xng.host, brv.host],
    headerTimeoutMs: 5_000,
  });
});
afterAll(async () => {
  await outgoing.close();
  await xng.close();
  await brv.close();
});
beforeEach(() => {
  for (const { seen, times, troubles } of [xng, brv]) for (const list of [seen, times, troubles]) list.length = 0;
});

const onSearxng = (path = '/find') => searxng({ url: xng.url + path, outgoing, backoffMs: 5, perSecond: 1_000 });
const onBrave = (key = KEY, perSecond = 1_000) =>
  brave({
    ...{ outgoing, perSecond, backoffMs: 5 },
    apiKey: createSecret(Buffer.from(key)),
    endpoint: `${brv.url}/res/v1/web/search`,
  });

describe('SearXNG', () => {
  it('is requested by GET for JSON below its base URL, and returns at most the requested number of results', async () => {
    const found = await onSearxng().search('signal & box?', 2, signal);
    expect(found).toEqual([
      { title: 'signal & box? 1', url: 'https://example.org/1', snippet: 'All about signal & box?' },
      { title: 'signal & box? 2', url: 'https://example.org/2', snippet: 'All about signal & box?' },
    ]);
    expect(await onSearxng('/find/').search('x', 1, signal)).toHaveLength(1);
  });

  it('reports what to change when it does not return JSON', async () => {
    xng.troubles.push({ status: 403, body: 'Forbidden' });
    await expect(onSearxng().search('x', 1, signal)).rejects.toEqual(fault('FORBIDDEN', /search\.formats/));
    expect(xng.seen).toHaveLength(1);
  });
});

describe('Brave', () => {
  it('receives the key in a header, and its results become plain text', async () => {
    const found = await onBrave().search('signal box', 1, signal);
    expect(found).toEqual([
      { title: 'Result 0 & more', url: 'https://example.com/0', snippet: 'On signal box <here>' },
    ]);
    expect(brv.seen[0]?.url.href).not.toContain(KEY);
  });

  it('is never asked for more results or with a longer query than it accepts', async () => {
    expect(await onBrave().search('word '.repeat(200), 50, signal)).toHaveLength(20);
  });

  it('reports what to change when the key is unknown, without revealing it', async () => {
    const refused = fault('FORBIDDEN', /BRAVE_API_KEY/);
    const error = await onBrave('BSA-wrong')
      .search('x', 1, signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toEqual(refused);
    expect(JSON.stringify(error) + String(error)).not.toContain('BSA-wrong');
    expect(brv.seen).toHaveLength(1);
  });

  it('is not asked faster than its rate, even by concurrent searches', async () => {
    const searcher = onBrave(KEY, 10);
    const start = performance.now();
    await Promise.all(Array.from({ length: 14 }, () => searcher.search('x', 1, signal)));
    // A burst of ten is allowed; each of the next four waits a tenth of a second more than the one before it.
    const after = brv.times
      .toSorted((a, b) => a - b)
      .slice(10)
      .map((time) => time - start);
    for (const [index, ms] of after.entries()) expect(ms).toBeGreaterThan(100 * (index + 1) - 10);
    expect(after).toHaveLength(4);
  });

  it('rejects searches that would wait too long', async () => {
    const searcher = onBrave(KEY, 0.05);
    await searcher.search('x', 1, signal);
    await expect(searcher.search('x', 1, signal)).rejects.toEqual(fault('THROTTLED'));
    expect(brv.seen).toHaveLength(1);
  });

  it('waits as long as it is asked to', async () => {
    brv.troubles.push({ status: 429, headers: { 'x-ratelimit-reset': '1, 1419704' }, body: '{}' });
    await onBrave().search('x', 1, signal);
    const [first = 0, second = 0] = brv.times;
    expect(second - first).toBeGreaterThan(950);
  });
});

describe.each([
  ['SearXNG', () => [onSearxng(), xng] as const],
  ['Brave', () => [onBrave(), brv] as const],
] satisfies readonly (readonly [string, () => readonly [Searcher, FakeProvider]])[])('%s when it fails', (_, make) => {
  it.each([{ status: 429, body: '' }, { status: 500, body: 'x' }, { status: 503, body: '' }, 'break' as const])(
    'is retried after %o',
    async (trouble) => {
      const [searcher, provider] = make();
      provider.troubles.push(trouble, trouble);
      expect(await searcher.search('x', 3, signal)).toHaveLength(3);
      expect(provider.seen).toHaveLength(3);
    },
  );

  it('is given up after four attempts, or when it asks for a long wait', async () => {
    const [searcher, provider] = make();
    provider.troubles.push(...Array.from({ length: 4 }, () => ({ status: 503, body: '' })));
    await expect(searcher.search('x', 1, signal)).rejects.toEqual(fault('UNAVAILABLE'));
    expect(provider.seen).toHaveLength(4);
    provider.troubles.push({ status: 429, headers: { 'retry-after': '600' }, body: '' });
    await expect(searcher.search('x', 1, signal)).rejects.toMatchObject({ code: 'THROTTLED', retryAfterMs: 600_000 });
  });

  it.each(['', '<html>', '[]', 'null', '{"results":', '"x"'])('is unusable when it answers %j', async (body) => {
    const [searcher, provider] = make();
    provider.troubles.push(...Array.from({ length: 4 }, () => ({ status: 200, body })));
    await expect(searcher.search('x', 1, signal)).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /not a JSON object/));
  });

  it.each(['{}', '{"results":{}}', '{"web":null}', '{"web":{"results":[null,1,{"url":5},{"url":"javascript:x"}]}}'])(
    'returns no results for %j',
    async (body) => {
      const [searcher, provider] = make();
      provider.troubles.push({ status: 200, body });
      expect(await searcher.search('x', 9, signal)).toEqual([]);
    },
  );

  it('is disconnected when it sends too much', async () => {
    const [searcher, provider] = make();
    provider.troubles.push({ status: 200, body: `{"x":"${'x'.repeat(3 * 1024 * 1024)}"}` });
    await expect(searcher.search('x', 1, signal)).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
  });

  it('is disconnected when the search is cancelled', async () => {
    const [searcher, provider] = make();
    provider.troubles.push('silence');
    await expect(searcher.search('x', 1, AbortSignal.timeout(50))).rejects.toEqual(fault('TIMEOUT'));
  });

  it('returns results of bounded length, without markup or control characters', async () => {
    const [searcher, provider] = make();
    const long = `${'<b>x</b>\u0000\n'.repeat(2_000)}\ud800`;
    const result = { url: 'https://example.com/', title: long, content: long, description: long };
    const results = [result, { ...result, url: `https://example.com/${'x'.repeat(3_000)}` }];
    provider.troubles.push({ status: 200, body: JSON.stringify({ results, web: { results } }) });
    const [only, ...others] = await searcher.search('x', 9, signal);
    expect(others).toEqual([]);
    expect(only?.title.length).toBeLessThanOrEqual(300);
    expect(only?.snippet.length).toBeLessThanOrEqual(1_000);
    expect(`${only?.title}${only?.snippet}`).toMatch(/^[x …]+$/);
  });
});
