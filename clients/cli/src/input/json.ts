import { UsageError } from '../output/exit-codes.ts';

/** A JSON value. @throws UsageError */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${text.slice(0, 40)} is not JSON: ${(error as Error).message}. Text is JSON in quotes: '"text"'.`,
    );
  }
}

/** A value that is JSON where it can be read as such, otherwise text. */
export function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
