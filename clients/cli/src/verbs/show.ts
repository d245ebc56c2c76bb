import { LiveRunDocument, WorkflowRunDocument } from '../../../sdk/src/generated/graphql.ts';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { createRunModel } from '../../../sdk/src/live/index.ts';
import type { Context } from '../frame/context.ts';
import { readIds } from '../input/ids.ts';
import { UsageError } from '../output/exit-codes.ts';
import type { Row } from '../output/format-rows.ts';
import { followRun } from '../watch/follow-run.ts';
import { treeLines } from '../watch/tree.ts';

/** Prints runs with their steps; with `--watch` one as it continues. */
export async function run(
  ctx: Context,
  [args]: readonly unknown[],
  { watch, progress }: Readonly<Record<string, unknown>>,
): Promise<number | undefined> {
  const ids = await readIds(ctx, args as readonly string[]);
  if (watch) {
    const [id, ...others] = ids;
    if (id === undefined || others.length > 0) throw new UsageError('--watch shows one run. Name its ID.');
    return followRun(ctx, id, { progress });
  }
  const rows: Row[] = [];
  for (const id of ids) {
    if (ctx.output === 'table') await printTree(ctx, id);
    else rows.push(await fetchRun(ctx, id));
  }
  if (ctx.output !== 'table') await ctx.print(rows);
  return undefined;
}

async function printTree(ctx: Context, id: string): Promise<void> {
  const { run } = await (await ctx.client()).request(LiveRunDocument, { id }, { signal: ctx.signal });
  if (!run) throw notFound(id);
  const { columns } = ctx;
  const lines = treeLines(createRunModel(run), { columns, now: new Date(), logOf: () => [] });
  await ctx.write(lines.map(({ text }) => `${text}\n`).join(''));
}

async function fetchRun(ctx: Context, id: string) {
  const { run } = await (await ctx.client()).request(WorkflowRunDocument, { id }, { signal: ctx.signal });
  if (!run) throw notFound(id);
  return run;
}

const notFound = (id: string) =>
  new SignalboxError(
    'NOT_FOUND',
    `There is no run ${id}, or you may not see it. signalbox runs lists those that you may see.`,
  );
