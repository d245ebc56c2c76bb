import { writeFile } from 'node:fs/promises';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { eachPage } from '../connection/each-page.ts';
import type { Context } from '../frame/context.ts';
import {
  DescribeWorkflowDocument,
  DescribeWorkflowsDocument,
  type WorkflowDescriptionPartsFragment,
} from '../generated/graphql.ts';
import { UsageError } from '../output/exit-codes.ts';
import { declareWorkflows } from '../types/declarations.ts';

/** Writes TypeScript declarations of saved workflows: to a file, whose workflows it prints, or to standard output. */
export async function run(
  ctx: Context,
  [names]: readonly unknown[],
  { out }: { readonly out?: string },
): Promise<undefined> {
  if (out === undefined && ctx.output !== 'table') {
    throw new UsageError(`types prints TypeScript. For its workflows as ${ctx.output}, add --out FILE.`);
  }
  const workflows = await readWorkflows(ctx, names as readonly string[]);
  const text = declareWorkflows(workflows);
  if (out === undefined) {
    await ctx.write(text);
    return;
  }
  try {
    await writeFile(out, text);
  } catch (error) {
    throw new UsageError(`${out} cannot be written: ${(error as Error).message}.`);
  }
  await ctx.print(workflows.map(({ name, version }) => ({ id: name, version })));
}

async function readWorkflows(ctx: Context, names: readonly string[]): Promise<WorkflowDescriptionPartsFragment[]> {
  const client = await ctx.client();
  const call = { signal: ctx.signal };
  const workflows: WorkflowDescriptionPartsFragment[] = [];
  for (const name of new Set(names)) {
    const { workflow } = await client.request(DescribeWorkflowDocument, { name }, call);
    if (!workflow) throw new SignalboxError('NOT_FOUND', `There is no saved workflow ${name}.`);
    workflows.push(workflow);
  }
  if (names.length > 0) return workflows;
  const pages = eachPage(
    async (page) => (await client.request(DescribeWorkflowsDocument, page, call)).workflows,
    Infinity,
  );
  for await (const nodes of pages) workflows.push(...nodes);
  return workflows;
}
