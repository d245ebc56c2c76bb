import { Fault } from '../../core/errors.ts';
import { artifactDigest, artifactUri } from '../../lib/artifact-uri.ts';
import { defineProtocol } from './define-protocol.ts';

/** `artifact:sha256/<64 hex digits>`: content that a run produced, stored as text in the database or as bytes on disk. */
export const artifact = defineProtocol({
  scheme: 'artifact',
  description: 'Content that a run produced, by the sha256 of its bytes: artifact:sha256/<64 hex digits>.',
  limits: (settings) => ({ maxBytes: settings.fetchMaxBytes }),

  canonicalize(url) {
    const digest = artifactDigest(url.href);
    if (digest === undefined) {
      throw new Fault(
        'BAD_INPUT',
        'This is not the URI of an artifact. Write artifact:sha256/ and the 64 hex digits of its digest.',
      );
    }
    return { href: artifactUri(digest), scheme: 'artifact', host: '', port: '', path: `sha256/${digest}`, query: '' };
  },

  async open(uri, ctx) {
    const digest = uri.path.slice('sha256/'.length);
    const output = ctx.findOutput?.(digest);
    const stored = output ? undefined : ctx.scope && (await ctx.content(ctx.scope, digest));
    const content = output ?? (stored?.kind === 'text' ? stored.output : stored?.artifact);
    if (!content) {
      throw new Fault(
        'NOT_FOUND',
        'You have no artifact with this digest. Check the digest, or run the step that produces it again.',
      );
    }
    const { mediaType, size } = content;
    const bytes = 'text' in content ? Buffer.from(content.text) : await ctx.artifacts.open(digest);
    return { uri: uri.href, mediaType, size, content: bytes };
  },
});
