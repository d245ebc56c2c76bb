import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from '../lib/json.ts';
import { eventHash, GENESIS_HASH } from './event-hash.ts';

const runId = 'run_0123456789abcdef0123456789abcdef';

it('hashes the bytes that docs/journal.md names', () => {
  const at = new Date('2026-11-20T10:00:00.007Z');
  const event = { type: 'LOG', at, step: 'rows', payload: '{"level":"INFO","text":"é"}' };
  const bytes = Buffer.concat([
    Buffer.from([0]),
    Buffer.from('run_0123456789abcdef0123456789abcdef'),
    Buffer.from('0000000000000012'),
    Buffer.alloc(64, '0'),
    Buffer.from('{"at":"2026-11-20T10:00:00.007Z","payload":{"level":"INFO","text":"é"},"step":"rows","type":"LOG"}'),
  ]);
  const expected = createHash('sha256').update(bytes).digest('hex');
  expect(eventHash(runId, 12, GENESIS_HASH, event)).toBe(expected);
  expect(expected).toBe('b2b6a776ded9f463dd79e1b7ad9168aaecf72f18af670bba5354c9376c0b06d4');
});

it('hashes the canonical form of the whole event', () => {
  const date = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') });
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.jsonValue(), date, text, fc.option(text, { nil: undefined }), (value, at, type, step) => {
      const payload = canonicalJson(value);
      const whole = canonicalJson({
        type,
        at: at.toISOString(),
        payload: JSON.parse(payload),
        ...(step !== undefined && { step }),
      });
      const bytes = `\0${runId}0000000000000001${GENESIS_HASH}${whole}`;
      expect(eventHash(runId, 1, GENESIS_HASH, { type, at, step, payload })).toBe(
        createHash('sha256').update(bytes, 'utf8').digest('hex'),
      );
    }),
    { numRuns: 40 },
  );
});

it('gives different hashes to events that differ in any part', () => {
  const at = new Date(0);
  const event = { type: 'LOG', at, step: 'a', payload: '{}' };
  const hashes = [
    eventHash(runId, 1, GENESIS_HASH, event),
    eventHash(`run_${'f'.repeat(32)}`, 1, GENESIS_HASH, event),
    eventHash(runId, 10, GENESIS_HASH, event),
    eventHash(runId, 1, `1${GENESIS_HASH.slice(1)}`, event),
    eventHash(runId, 1, GENESIS_HASH, { ...event, step: undefined }),
    eventHash(runId, 1, GENESIS_HASH, { ...event, at: new Date(1) }),
    eventHash(runId, 1, GENESIS_HASH, { ...event, type: 'STEP_PROGRESS' }),
    eventHash(runId, 1, GENESIS_HASH, { ...event, payload: '[]' }),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
});
