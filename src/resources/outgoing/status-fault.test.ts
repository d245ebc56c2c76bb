import { describe, expect, it } from 'vitest';
import { statusFault } from './status-fault.ts';

describe('the Retry-After of a service', () => {
  it.each([
    ['3', 3_000],
    ['0.0001', 1],
    ['9'.repeat(400), 86_400_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['-1', expect.toSatisfy((ms: unknown) => ms === undefined || ms === 0)],
    ['soon', undefined],
  ])('%s is a wait between nothing and a day', (header, retryAfterMs) => {
    expect(statusFault('api.example', 429, header).retryAfterMs).toEqual(retryAfterMs);
  });
});
