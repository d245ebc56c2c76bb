import { defineStepKind, isJsonObject, Type } from 'signalbox/plugin';

/** A kind of step: documents write `kind: check_sites`. It calls tools, and the policy decides on each call. */
export const checkSites = defineStepKind({
  kind: 'CHECK_SITES',
  title: 'Check sites',
  description:
    'Checks several sites with the tool site.check, and notifies the watchers of the run of those that are down.',
  input: Type.Object({
    urls: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100, description: 'The sites.' }),
    notify: Type.Optional(Type.Boolean({ default: true, description: 'Send a notification if a site is down.' })),
  }),
  // A second check does no harm.
  idempotent: true,
  async run({ urls, notify }, session) {
    const down: string[] = [];
    for (const [done, url] of urls.entries()) {
      session.progress((100 * done) / urls.length, url);
      const result = await session.callTool('site.check', { url });
      if (!isJsonObject(result) || result.up !== true) down.push(url);
    }
    if (notify && down.length > 0) {
      await session.callTool('notify.send', { level: 'warn', message: `Down: ${down.join(', ')}` });
    }
    return { checked: urls.length, down };
  },
});
