import { describe, expect, it, vi } from 'vitest';
import { idPrefix, newId, newTraceId } from './ids.ts';

describe('an id', () => {
  it('is a UUIDv7 with its prefix', () => {
    const id = newId('run', Date.UTC(2100, 0, 1));
    expect(id).toMatch(/^run_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
    expect(Number.parseInt(id.slice(4, 16), 16)).toBe(Date.UTC(2100, 0, 1));
    expect(idPrefix(id)).toBe('run');
  });

  it('sorts after all earlier ids, even within a millisecond, and when the clock is set back', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2101, 0, 1) });
    try {
      const ids = Array.from({ length: 10_000 }, (_, i) => {
        vi.setSystemTime(Date.UTC(2101, 0, 1) - (i % 3));
        return newId('step');
      });
      expect(ids.toSorted()).toEqual(ids);
      expect(new Set(ids).size).toBe(ids.length);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a trace id', () => {
  it('is 32 hex digits, different each time', () => {
    const ids = new Set(Array.from({ length: 1_000 }, newTraceId));
    expect(ids.size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });
});
