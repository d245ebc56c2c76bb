import { afterEach, describe, expect, it, vi } from 'vitest';
import { pause } from './pause.ts';

const HOUR_MS = 3_600_000;
const never = () => new AbortController().signal;

describe('the pause before another attempt', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('ends after its time, and at once when it is stopped', async () => {
    await pause(1, never());
    await pause(HOUR_MS, AbortSignal.abort());
    const stopping = new AbortController();
    const pausing = pause(HOUR_MS, stopping.signal);
    stopping.abort();
    await pausing;
  });

  it('ends at once when the browser has a network again, and listens no longer', async () => {
    const window = new EventTarget();
    const listeners = new Set<unknown>();
    vi.stubGlobal('addEventListener', (type: string, listener: () => void) => {
      listeners.add(listener);
      window.addEventListener(type, listener);
    });
    vi.stubGlobal('removeEventListener', (type: string, listener: () => void) => {
      listeners.delete(listener);
      window.removeEventListener(type, listener);
    });
    const pausing = pause(HOUR_MS, never());
    window.dispatchEvent(new Event('online'));
    await pausing;
    expect(listeners).toEqual(new Set());
  });
});
