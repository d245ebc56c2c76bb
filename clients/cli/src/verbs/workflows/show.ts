import type { Context } from '../../frame/context.ts';
import { printText } from '../../frame/print-text.ts';
import { readVersion } from './read-version.ts';
import { workflowRow } from './workflow-row.ts';

export async function run(
  ctx: Context,
  [name]: readonly unknown[],
  { version }: { readonly version?: string },
): Promise<undefined> {
  const workflow = await readVersion(ctx, String(name), version);
  if (ctx.output === 'table') await printText(ctx, workflow.yaml);
  else await ctx.print([{ ...workflowRow(workflow), inputs: workflow.inputs, yaml: workflow.yaml }]);
}
