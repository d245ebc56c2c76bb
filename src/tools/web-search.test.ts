import { describe, expect, it } from 'vitest';
import { startFakeSearxng } from '../../test/support/tools/search-providers.ts';
import { createTestToolContext } from '../../test/support/tools/tool-context.ts';
import { createSecret } from '../config/secrets.ts';
import { createOutgoing } from '../resources/outgoing/outgoing.ts';
import { createSearcher } from './search/create-searcher.ts';
import { webSearch } from './web-search.ts';

describe('web.search', () => {
  it('asks the configured provider, and reports which one answered', async () => {
    const provider = await startFakeSearxng('');
    const outgoing = createOutgoing({ version: '0', allowedPrivateHosts: [provider.host], headerTimeoutMs: 5_000 });
    const ctx = await createTestToolContext();
    const settings = { searxngUrl: `${provider.url}/`, indexDir: ctx.workspace };
    const tool = webSearch(createSearcher({ settings, localRoots: [], outgoing }));
    const { source, results } = await tool.run({ query: 'points' }, ctx.context);
    expect({ source, count: results.length, first: results[0] }).toEqual({
      source: 'searxng',
      count: 10,
      first: { title: 'points 1', url: 'https://example.org/1', snippet: 'All about points' },
    });
    await ctx.close();
    await outgoing.close();
    await provider.close();
  });

  it('follows the settings: Brave with its key, the offline index with neither', async () => {
    const outgoing = createOutgoing({ version: '0', allowedPrivateHosts: [], headerTimeoutMs: 5_000 });
    const sourceFor = (settings: object) =>
      createSearcher({ settings: { indexDir: '/nowhere', ...settings }, localRoots: [], outgoing }).source;
    expect(sourceFor({ braveApiKey: createSecret(Buffer.from('key')) })).toBe('brave');
    expect(sourceFor({})).toBe('offline index');
    await outgoing.close();
  });
});
