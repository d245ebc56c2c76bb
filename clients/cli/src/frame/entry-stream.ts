import { wrap } from '../output/wrap.ts';
import type { Context } from './context.ts';

/** Entries that are written to standard output as they arrive. */
interface EntryStream<Entry> {
  /** Resolves when the reader has taken them. */
  write(entries: readonly Entry[]): Promise<void>;
  /** Completes the list of `-o json`. */
  end(): Promise<void>;
}

/**
 * A line for each entry, broken at spaces where the terminal is narrower; with `-o json` one list of all.
 * @param format an entry in the form of the output, without a line feed at its end
 */
export function openEntryStream<Entry>(ctx: Context, format: (entry: Entry) => string): EntryStream<Entry> {
  const isList = ctx.output === 'json';
  let isEmpty = true;
  const textOf = (entry: Entry) => {
    if (ctx.output === 'table') return `${wrap(format(entry), ctx.columns)}\n`;
    if (!isList) return `${format(entry)}\n`;
    const separator = isEmpty ? '[' : ',';
    isEmpty = false;
    return `${separator}\n  ${format(entry)}`;
  };
  return {
    write: (entries) => ctx.write(entries.map(textOf).join('')),
    end: async () => {
      if (isList) await ctx.write(isEmpty ? '[]\n' : '\n]\n');
    },
  };
}
