import { setTimeout } from 'node:timers/promises';
import { SignalboxError } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { RunExportDocument } from '../generated/graphql.ts';

/** A server signs the ends of runs twice a second. */
const POLL_MS = 500;
const MAX_POLLS = 10;

/** Prints the export of a run as JSON. Of a run that has just ended, waits for the checkpoint that covers it. */
export async function run(ctx: Context, [id]: readonly unknown[]): Promise<undefined> {
  let { finishedAt, exported } = await fetchExport(ctx, String(id));
  for (let polls = 0; finishedAt !== null && !exported.inclusion && polls < MAX_POLLS; polls += 1) {
    await setTimeout(POLL_MS, undefined, { signal: ctx.signal });
    ({ finishedAt, exported } = await fetchExport(ctx, String(id)));
  }
  await ctx.write(`${JSON.stringify(exported)}\n`);
  if (exported.inclusion) return;
  const why = finishedAt === null ? 'The run has not ended' : 'The server has not signed the end of the run';
  ctx.note(`${why}: no checkpoint covers it. Export it again later.`);
}

async function fetchExport(ctx: Context, id: string) {
  const { run } = await (await ctx.client()).request(RunExportDocument, { id }, ctx);
  if (!run) throw new SignalboxError('NOT_FOUND', `There is no run ${id} that you may see. signalbox runs lists them.`);
  return { finishedAt: run.finishedAt, exported: run.export as { readonly inclusion?: unknown } };
}
