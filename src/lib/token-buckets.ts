import { LRUCache } from 'lru-cache';

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

/** @param deps.maxBuckets the least recently used bucket beyond it is dropped, and so is full again. */
export function createTokenBuckets(deps: {
  readonly clock: { now(): Date };
  readonly maxBuckets: number;
}): TokenBuckets {
  const buckets = new LRUCache<string, { tokens: number; at: number }>({ max: deps.maxBuckets });

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
