import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../lib/json.ts';
import type { StepOutput } from './run.ts';

/** Small JSON as the output of a step. */
export function jsonOutput(value: Json): StepOutput {
  const text = canonicalJson(value);
  const digest = createHash('sha256').update(text).digest('hex');
  return { mediaType: 'application/json', size: Buffer.byteLength(text), digest, text };
}
