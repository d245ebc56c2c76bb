import { Type } from 'typebox';
import { defineTool } from './define-tool.ts';
import type { Searcher } from './search/searcher.ts';

export const webSearch = (searcher: Searcher) =>
  defineTool({
    name: 'web.search',
    title: 'Search the web',
    description:
      'Finds pages by words, through the provider that this server is set up with. Without one it searches an index of the examples that come with this server, and the result says so.',
    effect: 'pure',
    input: Type.Object({
      query: Type.String({ minLength: 1, maxLength: 1_000, pattern: '\\S', description: 'What to look for.' }),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 20, default: 10, description: 'At most so many results; 10 unless told.' }),
      ),
    }),
    output: Type.Object({
      source: Type.Union([Type.Literal('searxng'), Type.Literal('brave'), Type.Literal('offline index')], {
        description: 'Who answered. "offline index" is not the web.',
      }),
      results: Type.Array(
        Type.Object(
          {
            title: Type.String({ description: 'Of the page, or path of the file.' }),
            url: Type.String({ description: 'Where it is; of the offline index a file: URI or a path.' }),
            snippet: Type.String({ description: 'A part of it; plain text, may be empty.' }),
          },
          { description: 'One page.' },
        ),
        { description: 'The most fitting first.' },
      ),
    }),
    async run({ query, limit = 10 }, ctx) {
      const results = await searcher.search(query, limit, ctx.signal);
      return { source: searcher.source, results: results.map((found) => ({ ...found })) };
    },
  });
