import { Type } from 'typebox';
import { defineTool } from './define-tool.ts';
import type { Searcher } from './search/searcher.ts';

export const webSearch = (searcher: Searcher) =>
  defineTool({
    name: 'web.search',
    title: 'Search the web',
    description:
      'Finds web pages with the configured search provider. Without one, searches an index of the examples that come with this server; the result says so.',
    effect: 'pure',
    input: Type.Object({
      query: Type.String({ minLength: 1, maxLength: 1_000, pattern: '\\S', description: 'What to look for.' }),
      limit: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 20,
          default: 10,
          description: 'Maximum number of results. Maximum 20; default 10.',
        }),
      ),
    }),
    output: Type.Object({
      source: Type.Union([Type.Literal('searxng'), Type.Literal('brave'), Type.Literal('offline index')], {
        description: 'The provider. "offline index" is not the web.',
      }),
      results: Type.Array(
        Type.Object(
          {
            title: Type.String({ description: 'Title of the page, or path of the file.' }),
            url: Type.String({ description: 'URL; for the offline index a file: URI or a path.' }),
            snippet: Type.String({ description: 'Excerpt as plain text; may be empty.' }),
          },
          { description: 'One page.' },
        ),
        { description: 'Best matches first.' },
      ),
    }),
    async run({ query, limit = 10 }, ctx) {
      const results = await searcher.search(query, limit, ctx.signal);
      return { source: searcher.source, results: results.map((hit) => ({ ...hit })) };
    },
  });
