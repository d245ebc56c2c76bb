import { SignalboxError } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { EXIT, errorText, exitCodeOf } from '../output/exit-codes.ts';
import type { Row } from '../output/format-rows.ts';
import { readIds } from './ids.ts';

/**
 * Does something with each run of the arguments, one after another. A run that is refused does not keep the others from it; the
 * first connection or sign-in that fails ends it. Prints the rows of the runs that were changed, also when it is interrupted.
 * @returns the exit code of the first refusal, or success
 */
export async function forEachRun(
  ctx: Context,
  args: readonly string[],
  act: (id: string) => Promise<Row>,
): Promise<number> {
  const ids = await readIds(ctx, args);
  const rows: Row[] = [];
  let code: number = EXIT.success;
  try {
    for (const id of ids) {
      try {
        rows.push(await act(id));
      } catch (error) {
        if (ids.length === 1 || !(error instanceof SignalboxError) || ENDS_ALL.has(error.code)) throw error;
        ctx.note(`${id}: ${errorText(error)}`);
        code ||= exitCodeOf(error);
      }
    }
  } finally {
    if (rows.length > 0) await ctx.print(rows);
  }
  return code;
}

/** What the next run would fail with too. */
const ENDS_ALL: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'UNAVAILABLE']);
