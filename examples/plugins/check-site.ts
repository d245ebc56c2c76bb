import { defineTool, Fault, Type } from 'signalbox/plugin';

/** A tool: agents call it, and steps of kind `tool`. */
export const checkSite = defineTool({
  name: 'site.check',
  title: 'Check a site',
  description: 'Requests a URL and reports whether it works. A site that cannot be reached is a result, not an error.',
  effect: 'pure',
  input: Type.Object({
    url: Type.String({ minLength: 1, maxLength: 2_048, description: 'http or https URL.' }),
  }),
  output: Type.Object({
    up: Type.Boolean({ description: 'The status is below 400.' }),
    status: Type.Optional(Type.Integer({ description: 'HTTP status. Absent when the site was not reached.' })),
    problem: Type.Optional(Type.String({ description: 'Why the site was not reached.' })),
  }),
  // The policy decides on `tool:site.check` and this URL before the tool is called.
  accessedUris: ({ url }) => [url],
  async run({ url }, ctx) {
    try {
      const response = await ctx.fetch(url);
      await response.body?.cancel();
      return { up: response.status < 400, status: response.status };
    } catch (error) {
      if (!(error instanceof Fault) || !['RESOURCE_UNREACHABLE', 'TIMEOUT'].includes(error.code)) throw error;
      return { up: false, problem: error.message };
    }
  },
});
