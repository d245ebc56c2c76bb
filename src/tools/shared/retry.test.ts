import { describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { awaitOrAbort, retry } from './retry.ts';

const { signal } = new AbortController();

/** Fails as often as there are faults, then succeeds; counts. */
function failing(...faults: readonly Error[]) {
  const state = { tries: 0 };
  const act = async () => {
    const fault = faults[state.tries];
    state.tries += 1;
    if (fault) throw fault;
    return 'done';
  };
  return { state, act };
}
const busy = new Fault('UNAVAILABLE', 'busy');

describe('retry', () => {
  it('succeeds when an attempt does, and fails with the last fault when no attempts are left', async () => {
    const retryOptions = { signal, maxAttempts: 3, backoffMs: 1 };
    const twice = failing(busy, busy);
    expect(await retry(twice.act, retryOptions)).toBe('done');
    const often = failing(busy, busy, new Fault('TIMEOUT', 'late'), busy);
    await expect(retry(often.act, retryOptions)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect([twice.state.tries, often.state.tries]).toEqual([3, 3]);
  });

  it.each([new Fault('BAD_INPUT', 'no'), new Fault('CANCELLED', 'no'), new TypeError('a bug')])(
    'does not retry a permanent failure: %s',
    async (error) => {
      const { state, act } = failing(error);
      await expect(retry(act, { signal, maxAttempts: 3, backoffMs: 1 })).rejects.toBe(error);
      expect(state.tries).toBe(1);
    },
  );

  it('waits as long as the service asks, but not half a minute', async () => {
    const begun = performance.now();
    const retryOptions = { signal, maxAttempts: 2, backoffMs: 20_000 };
    await retry(failing(new Fault('THROTTLED', 'soon', { retryAfterMs: 60 })).act, retryOptions);
    expect(performance.now() - begun).toBeGreaterThan(55);
    const later = failing(new Fault('THROTTLED', 'later', { retryAfterMs: 30_001 }));
    await expect(retry(later.act, retryOptions)).rejects.toMatchObject({ message: 'later' });
  });

  it('ends with the abort, and does not disturb other waiters', async () => {
    const stop = new AbortController();
    const trying = retry(failing(busy).act, { signal: stop.signal, maxAttempts: 2, backoffMs: 20_000 });
    const work = new Promise<string>((resolve) => setTimeout(resolve, 30, 'done'));
    const waiting = awaitOrAbort(work, stop.signal);
    setTimeout(() => stop.abort(), 10);
    const cancelled = { status: 'rejected', reason: { name: 'Fault', code: 'CANCELLED' } };
    expect(await Promise.allSettled([trying, waiting])).toMatchObject([cancelled, cancelled]);
    expect(await awaitOrAbort(work, signal)).toBe('done');
  });
});
