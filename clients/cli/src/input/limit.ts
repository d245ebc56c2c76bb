import { UsageError } from '../output/exit-codes.ts';

/** The number of `--limit`, default 20. @throws UsageError */
export function parseLimit(text = '20'): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--limit requires a number from 1, and got ${text}.`);
  return Number(text);
}
