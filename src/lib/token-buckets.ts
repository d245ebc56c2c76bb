import { LRUCache } from 'lru-cache';

/** So many at once, and so many again in each millisecond. */
export interface BucketRate {
  readonly size: number;
  readonly perMs: number;
}

/** One bucket of tokens for each key, full at first. */
export interface TokenBuckets {
  /** Takes a token: 0; or, when there is none, in how many milliseconds there will be one. */
  take(key: string, rate: BucketRate): number;
  /** Puts back a token that was taken. */
  refund(key: string, rate: BucketRate): void;
}

/** @param most buckets that are kept; the one that was not used for longest is forgotten, and so full again. */
export function createTokenBuckets(deps: {
  readonly clock: { now(): Date };
  readonly maxBuckets: number;
}): TokenBuckets {
  const buckets = new LRUCache<string, { tokens: number; at: number }>({ max: deps.maxBuckets });

  const bucketOf = (key: string, { size, perMs }: BucketRate) => {
    const now = deps.clock.now().getTime();
    const bucket = buckets.get(key) ?? { tokens: size, at: now };
    // A clock that was set back takes no tokens away.
    bucket.tokens = Math.min(size, bucket.tokens + Math.max(0, now - bucket.at) * perMs);
    bucket.at = now;
    buckets.set(key, bucket);
    return bucket;
  };

  return {
    take(key, rate) {
      const bucket = bucketOf(key, rate);
      if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / rate.perMs);
      bucket.tokens -= 1;
      return 0;
    },
    refund(key, rate) {
      const bucket = bucketOf(key, rate);
      bucket.tokens = Math.min(rate.size, bucket.tokens + 1);
    },
  };
}
