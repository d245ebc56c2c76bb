import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);
let ofAnyText: ((text: string) => number) | undefined;

/** Columns of text on a terminal. The tables for text other than ASCII take 20 ms to load, so only such text loads them. */
export function stringWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  ofAnyText ??= (load('string-width') as typeof import('string-width')).default;
  return ofAnyText(text);
}
