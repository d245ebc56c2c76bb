import { parsePairs } from './pairs.ts';

/** The inputs of `--input`. Each value is JSON where it can be read as such, otherwise text. @throws UsageError */
export function parseInputs(pairs: readonly string[]): Readonly<Record<string, unknown>> {
  const inputs = Object.entries(parsePairs('--input', pairs));
  return Object.fromEntries(inputs.map(([name, value]) => [name, jsonOrText(value)]));
}

export function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
