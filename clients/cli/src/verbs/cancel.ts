import { CancelRunDocument } from '../../../sdk/src/generated/graphql.ts';
import { unwrap } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { forEachRun } from '../input/for-each-run.ts';
import { runRow } from '../output/run-row.ts';

export async function run(
  ctx: Context,
  [ids]: readonly unknown[],
  { reason, compensate = false }: Readonly<{ reason?: string; compensate?: boolean }>,
): Promise<number> {
  const client = await ctx.client();
  return forEachRun(ctx, ids as readonly string[], async (runId) => {
    const input = { runId, compensate, ...(reason !== undefined && { reason }) };
    const { cancelRun } = await client.request(CancelRunDocument, { input }, { signal: ctx.signal });
    return runRow(unwrap(cancelRun));
  });
}
