import { defineProtocol, Fault } from 'signalbox/plugin';

const PACKAGE = /^npm:((?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)@(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$/;
/** URL of the package registry, without a slash at its end. */
const REGISTRY = process.env.NPM_REGISTRY;

/** A protocol: `npm:NAME@VERSION` is the manifest of a package, wherever a URI may stand. */
export const npm = defineProtocol({
  scheme: 'npm',
  description: 'The manifest of an npm package: npm:NAME@VERSION, with an exact version.',
  // The policy decides on this text, so there is one spelling for each package.
  canonicalize(url) {
    if (PACKAGE.test(url.href)) return url.href;
    throw new Fault('BAD_INPUT', 'This is not the URI of an npm package. Write, for example, npm:@types/node@24.0.0');
  },
  async open(uri, ctx) {
    if (!REGISTRY) throw new Fault('UNAVAILABLE', 'Set NPM_REGISTRY to the URL of a package registry.');
    const [, name = '', version = ''] = PACKAGE.exec(uri.href) ?? [];
    // The policy decides on this URL as well, and the server connects to public addresses only.
    const manifest = await ctx.read(`${REGISTRY}/${name}/${version}`);
    return { mediaType: 'application/json', content: manifest.stream(), release: () => manifest.cancel() };
  },
});
