import { unwrap } from '../../../../sdk/src/index.ts';
import type { Context } from '../../frame/context.ts';
import { printPages } from '../../frame/print-pages.ts';
import { DrainWorkerDocument, WorkersDocument } from '../../generated/graphql.ts';
import { parseLimit } from '../../input/limit.ts';

export async function list(ctx: Context, _: readonly unknown[], options: unknown): Promise<undefined> {
  const { limit, pool, alive } = options as {
    readonly limit?: string;
    readonly pool?: string;
    readonly alive?: boolean;
  };
  const client = await ctx.client();
  await printPages(
    ctx,
    parseLimit(limit),
    async (page) => (await client.request(WorkersDocument, { pool, alive, ...page }, ctx)).workers,
    (worker) => worker,
  );
}

export async function drain(ctx: Context, [id]: readonly unknown[], options: unknown): Promise<undefined> {
  const { undo = false } = options as { readonly undo?: boolean };
  const client = await ctx.client();
  const input = { id: String(id), drained: !undo };
  const worker = unwrap((await client.request(DrainWorkerDocument, { input }, ctx)).drainWorker);
  await ctx.print([{ id: worker.id, drained: worker.drained }]);
}
