import { UsageError } from '../output/exit-codes.ts';

/** `NAME=VALUE` of an option that may be repeated. @throws UsageError */
export function parsePairs(option: string, pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new UsageError(`${option} requires NAME=VALUE, and got ${pair}.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
