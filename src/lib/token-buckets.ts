import { createGrowingCache } from './growing-cache.ts';

/** Capacity of a bucket, and tokens added per millisecond. */
export interface BucketRate {
  readonly size: number;
  readonly perMs: number;
}

/** One bucket of tokens for each key, initially full. */
export interface TokenBuckets {
  /** Takes a token and returns 0; without one, returns the milliseconds until the next token. */
  take(key: string, rate: BucketRate): number;
  /** Milliseconds until `count` tokens (at most `size`) are available; 0 when they are. Takes none. */
  timeUntil(key: string, rate: BucketRate, count: number): number;
  /** Returns a token that was taken. */
  refund(key: string, rate: BucketRate): void;
}

/**
 * @param deps.maxBuckets the least recently used bucket beyond it is dropped, and so is full again
 * @param deps.countNodes how many processes share each rate: this one grants its part, and a burst of at least one. Default 1
 */
export function createTokenBuckets(deps: {
  readonly clock: { now(): Date };
  readonly maxBuckets: number;
  readonly countNodes?: () => number;
}): TokenBuckets {
  const { countNodes = () => 1 } = deps;
  const buckets = createGrowingCache<{ tokens: number; at: number }>(deps.maxBuckets);

  const shareOf = (rate: BucketRate): BucketRate => {
    const count = countNodes();
    return count === 1 ? rate : { size: Math.max(1, Math.floor(rate.size / count)), perMs: rate.perMs / count };
  };
  const bucketOf = (key: string, { size, perMs }: BucketRate) => {
    const now = deps.clock.now().getTime();
    const bucket = buckets.get(key) ?? { tokens: size, at: now };
    // A clock that is set back removes no tokens.
    bucket.tokens = Math.min(size, bucket.tokens + Math.max(0, now - bucket.at) * perMs);
    bucket.at = now;
    buckets.set(key, bucket);
    return bucket;
  };

  const timeUntil = ({ tokens }: { readonly tokens: number }, { perMs }: BucketRate, count: number) =>
    tokens >= count ? 0 : Math.ceil((count - tokens) / perMs);

  return {
    take(key, rate) {
      const share = shareOf(rate);
      const bucket = bucketOf(key, share);
      const waitMs = timeUntil(bucket, share, 1);
      if (waitMs === 0) bucket.tokens -= 1;
      return waitMs;
    },
    timeUntil(key, rate, count) {
      const share = shareOf(rate);
      return timeUntil(bucketOf(key, share), share, Math.min(count, share.size));
    },
    refund(key, rate) {
      const share = shareOf(rate);
      const bucket = bucketOf(key, share);
      bucket.tokens = Math.min(share.size, bucket.tokens + 1);
    },
  };
}
