import { WorkflowsDocument } from '../../../../sdk/src/generated/graphql.ts';
import type { Context } from '../../frame/context.ts';
import { printPages } from '../../frame/print-pages.ts';
import { parseLimit } from '../../input/limit.ts';
import { workflowRow } from './workflow-row.ts';

export async function run(
  ctx: Context,
  _args: readonly unknown[],
  options: { readonly limit?: string },
): Promise<undefined> {
  const limit = parseLimit(options.limit);
  const client = await ctx.client();
  await printPages(
    ctx,
    limit,
    async (page) => (await client.request(WorkflowsDocument, page, { signal: ctx.signal })).workflows,
    workflowRow,
  );
}
