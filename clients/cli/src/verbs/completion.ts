import type { Command } from 'commander';
import { formatSuggestions, SHELLS } from '../completion/shells.ts';
import { suggest } from '../completion/suggest.ts';
import { valueFinder } from '../completion/values.ts';
import type { Context } from '../frame/context.ts';

/** Prints the script of a shell; with words, what can stand in place of the last one. */
export async function run(
  ctx: Context,
  [name, words]: readonly unknown[],
  _options: unknown,
  program: Command,
): Promise<undefined> {
  const shell = SHELLS[name as keyof typeof SHELLS];
  const sent = words as readonly string[];
  if (sent.length === 0) return ctx.write(shell.script).then(() => undefined);
  const suggestions = await suggest(program, shell.words(sent), valueFinder(ctx.env, ctx.signal));
  await ctx.write(formatSuggestions(shell, suggestions, sent));
  return undefined;
}
