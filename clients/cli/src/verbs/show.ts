import { LiveRunDocument, WorkflowRunDocument } from '../../../sdk/src/generated/graphql.ts';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { createRunModel } from '../../../sdk/src/live/index.ts';
import type { Context } from '../frame/context.ts';
import { followRun } from '../watch/follow-run.ts';
import { treeLines } from '../watch/tree.ts';

/** Prints a run with its steps; with `--watch` as it continues. */
export async function run(
  ctx: Context,
  [id]: readonly unknown[],
  { watch, progress }: Readonly<Record<string, unknown>>,
): Promise<number | undefined> {
  if (watch) return followRun(ctx, String(id), progress);
  const client = await ctx.client();
  const options = { signal: ctx.signal };
  if (ctx.output === 'table') {
    const { run } = await client.request(LiveRunDocument, { id: String(id) }, options);
    if (!run) throw notFound(id);
    const columns = ctx.columns;
    const lines = treeLines(createRunModel(run), { columns, now: new Date(), logOf: () => [] });
    await ctx.write(lines.map(({ text }) => `${text}\n`).join(''));
    return undefined;
  }
  const { run } = await client.request(WorkflowRunDocument, { id: String(id) }, options);
  if (!run) throw notFound(id);
  await ctx.print([run]);
  return undefined;
}

const notFound = (id: unknown) =>
  new SignalboxError(
    'NOT_FOUND',
    `There is no run ${id}, or you may not see it. signalbox runs lists those that you may see.`,
  );
