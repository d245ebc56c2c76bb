import { expect, test } from 'vitest';
import { parseDuration, parseMoment } from './time.ts';

const NOW = Date.parse('2026-11-30T00:00:00Z');

test('a moment is a duration before now, or a date', () => {
  expect(parseMoment('7d', NOW)?.toISOString()).toBe('2026-11-23T00:00:00.000Z');
  expect(parseMoment('90m', NOW)?.toISOString()).toBe('2026-11-29T22:30:00.000Z');
  expect(parseMoment('2026-11-01', NOW)?.toISOString()).toBe('2026-11-01T00:00:00.000Z');
  expect(parseMoment('2026-11-01T10:00:00+02:00', NOW)?.toISOString()).toBe('2026-11-01T08:00:00.000Z');
});

test('other text is neither a moment nor a duration', () => {
  const texts = ['soon', '7', '7y', '-7d', '2026-13-01', '999999w', '7constructor', ''];
  expect(texts.map((text) => parseMoment(text, NOW))).toEqual(texts.map(() => undefined));
  expect(['', '7', 'd', '2026-11-01'].map(parseDuration)).toEqual(Array(4).fill(undefined));
});
