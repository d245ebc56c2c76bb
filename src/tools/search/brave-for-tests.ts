import { type ProviderForTests, providerForTests } from './provider-for-tests.ts';

/** Plays the Web Search API of Brave: checks the key and its limits, and answers as it does. */
export function braveForTests(key: string): Promise<ProviderForTests> {
  const error = (status: number, code: string) => ({
    status,
    body: JSON.stringify({ type: 'ErrorResponse', error: { id: 'x', status, code, detail: 'No.' } }),
  });
  return providerForTests(({ url, headers }) => {
    if (headers['x-subscription-token'] !== key) return error(422, 'SUBSCRIPTION_TOKEN_INVALID');
    const query = url.searchParams.get('q') ?? '';
    const count = Number(url.searchParams.get('count'));
    const fits = query.length <= 400 && query.split(' ').length <= 50 && count >= 1 && count <= 20;
    if (url.pathname !== '/res/v1/web/search' || query === '' || !fits) return error(422, 'VALIDATION');
    const results = Array.from({ length: count }, (_, n) => ({
      type: 'search_result',
      url: `https://example.com/${n}`,
      title: `Result ${n} &amp; more`,
      description: `On <strong>${query}</strong> &lt;here&gt;`,
    }));
    return {
      status: 200,
      body: JSON.stringify({ type: 'search', query: { original: query }, web: { type: 'search', results } }),
    };
  });
}
