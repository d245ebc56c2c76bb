import { SaveWorkflowDocument } from '../../../../sdk/src/generated/graphql.ts';
import { unwrap } from '../../../../sdk/src/index.ts';
import type { Context } from '../../frame/context.ts';
import { readUnsavedDocument } from '../../input/document-source.ts';
import { UsageError } from '../../output/exit-codes.ts';
import { workflowRow } from './workflow-row.ts';

export async function run(
  ctx: Context,
  [document]: readonly unknown[],
  { ifVersion }: { readonly ifVersion?: string },
): Promise<undefined> {
  if (ifVersion !== undefined && !/^\d{1,9}$/.test(ifVersion)) {
    throw new UsageError(`--if-version requires the number of a version, or 0, and got ${ifVersion}.`);
  }
  const source = await readUnsavedDocument(ctx, String(document));
  const client = await ctx.client();
  const input = { source, ...(ifVersion !== undefined && { ifVersion: Number(ifVersion) }) };
  const { saveWorkflow } = await client.request(SaveWorkflowDocument, { input }, { signal: ctx.signal });
  await ctx.print([workflowRow(unwrap(saveWorkflow))]);
}
