import { randomUUID } from 'node:crypto';
import { StartRunDocument } from '../../../sdk/src/generated/graphql.ts';
import { unwrap } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { readDocument } from '../input/document-source.ts';
import { parseInputs } from '../input/inputs.ts';
import { runRow } from '../output/run-row.ts';
import { followRun } from '../watch/follow-run.ts';

/** Starts a run. With the key of this call, a repetition of the request is the same run. */
export async function run(
  ctx: Context,
  [document]: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<number | undefined> {
  const inputs = parseInputs((options.input as readonly string[] | undefined) ?? []);
  const source = await readDocument(ctx, String(document));
  const client = await ctx.client();
  const input = { source, inputs, idempotencyKey: randomUUID() };
  const { startRun } = await client.request(StartRunDocument, { input }, { signal: ctx.signal });
  const row = runRow(unwrap(startRun));
  if (options.watch) return followRun(ctx, row.id, options.progress);
  await ctx.print([row]);
  return undefined;
}
