import { type ProviderForTests, providerForTests } from './provider-for-tests.ts';

/** Plays a SearXNG below a path, whose settings allow JSON; its results are about whatever was asked. */
export function searxngForTests(path: string): Promise<ProviderForTests> {
  return providerForTests(({ method, url }) => {
    const query = url.searchParams.get('q') ?? '';
    if (method !== 'GET' || url.pathname !== `${path}/search` || query === '') return { status: 400, body: '' };
    if (url.searchParams.get('format') !== 'json') return { status: 200, body: '<!doctype html>' };
    const result = (n: number) => ({
      url: `https://example.org/${n}`,
      title: `${query} ${n}`,
      content: `All  about\n${query}`,
      engine: 'duckduckgo',
      score: 1 / n,
    });
    const results = Array.from({ length: 20 }, (_, at) => result(at + 1));
    return {
      status: 200,
      body: JSON.stringify({ query, number_of_results: 20, results, answers: [], suggestions: [] }),
    };
  });
}
