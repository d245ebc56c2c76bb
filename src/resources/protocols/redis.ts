import { Fault } from '../../core/errors.ts';
import { sniffMediaType } from '../content/sniff-media-type.ts';
import { redisUri } from '../uri/redis-uri.ts';
import { defineProtocol } from './define-protocol.ts';

/** `redis://KEY`: a string of the operator's Redis server. The URI never names another server. */
export const redis = defineProtocol({
  scheme: 'redis',
  description: 'The string under a key of the Redis server that REDIS_URL names: redis://KEY, such as redis://ctx:1.',
  limits: (settings) => ({ maxBytes: settings.fetchMaxBytes }),
  canonicalizeText: redisUri,

  async open(uri, ctx) {
    if (!ctx.redis)
      throw new Fault(
        'UNSUPPORTED_SCHEME',
        'This server has no Redis to read from. Ask the operator to set REDIS_URL.',
      );
    const content = await ctx.redis.read(uri.path, ctx.maxBytes);
    if (!content)
      throw new Fault(
        'NOT_FOUND',
        'Redis has nothing under this key. It may have expired; check the key, or write it again.',
      );
    return { uri: uri.href, mediaType: sniffMediaType(content), content };
  },
});
