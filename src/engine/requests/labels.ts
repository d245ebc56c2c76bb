import { Fault } from '../../core/errors.ts';
import type { JsonObject } from '../../lib/json.ts';

const MAX_LABELS = 16;

/** @throws Fault BAD_INPUT */
export function checkLabels(labels: JsonObject): void {
  const entries = Object.entries(labels);
  const fits = ([name, value]: [string, unknown]) =>
    name.length <= 64 && ['string', 'number', 'boolean'].includes(typeof value) && String(value).length <= 256;
  if (entries.length <= MAX_LABELS && entries.every(fits)) return;
  const message = `A run may have at most ${MAX_LABELS} labels: names of at most 64 characters; text, numbers or booleans of at most 256.`;
  throw new Fault('BAD_INPUT', message, { path: ['labels'] });
}
