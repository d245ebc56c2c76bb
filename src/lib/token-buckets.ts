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
  /** In how many milliseconds so many tokens will be there, at most `size`; 0 when they are. Takes none. */
  timeUntil(key: string, rate: BucketRate, count: number): number;
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

  const timeUntil = ({ tokens }: { readonly tokens: number }, { perMs }: BucketRate, count: number) =>
    tokens >= count ? 0 : Math.ceil((count - tokens) / perMs);

  return {
    take(key, rate) {
      const bucket = bucketOf(key, rate);
      const waitMs = timeUntil(bucket, rate, 1);
      if (waitMs === 0) bucket.tokens -= 1;
      return waitMs;
    },
    timeUntil: (key, rate, count) => timeUntil(bucketOf(key, rate), rate, Math.min(count, rate.size)),
    refund(key, rate) {
      const bucket = bucketOf(key, rate);
      bucket.tokens = Math.min(rate.size, bucket.tokens + 1);
    },
  };
}
