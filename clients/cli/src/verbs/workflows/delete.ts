import { DeleteWorkflowDocument } from '../../../../sdk/src/generated/graphql.ts';
import { unwrap } from '../../../../sdk/src/index.ts';
import type { Context } from '../../frame/context.ts';
import type { Row } from '../../output/format-rows.ts';
import { workflowRow } from './workflow-row.ts';

/** Deletes workflows, and prints those that are deleted, also when one is refused. */
export async function run(ctx: Context, [names]: readonly unknown[]): Promise<undefined> {
  const client = await ctx.client();
  const rows: Row[] = [];
  try {
    for (const name of new Set(names as readonly string[])) {
      const { deleteWorkflow } = await client.request(
        DeleteWorkflowDocument,
        { input: { name } },
        { signal: ctx.signal },
      );
      rows.push(workflowRow(unwrap(deleteWorkflow)));
    }
  } finally {
    await ctx.print(rows);
  }
}
