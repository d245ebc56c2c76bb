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

it.each([
  [399, 'BAD_INPUT'],
  [418, 'BAD_INPUT'],
  [499, 'BAD_INPUT'],
  [507, 'UNAVAILABLE'],
  [599, 'UNAVAILABLE'],
  // RFC 9110 section 15: a status that is not valid counts as 5xx.
  [999, 'UNAVAILABLE'],
])('a status that nobody knows counts as its class: %i is %s', (status, code) => {
  expect(statusFault('api.example', status)).toMatchObject({ code, details: { host: 'api.example', status } });
});
