import { writeFile } from 'node:fs/promises';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { eachPage } from '../connection/each-page.ts';
import { operation } from '../connection/operation.ts';
import type { Context } from '../frame/context.ts';
import { UsageError } from '../output/exit-codes.ts';
import { declareWorkflows, type WorkflowDescription } from '../types/declarations.ts';

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

interface SavedWorkflow extends WorkflowDescription {
  readonly version: number;
}

async function readWorkflows(ctx: Context, names: readonly string[]): Promise<SavedWorkflow[]> {
  const client = await ctx.client();
  const call = { signal: ctx.signal };
  const workflows: SavedWorkflow[] = [];
  for (const name of new Set(names)) {
    const { workflow } = await client.request(DescribeWorkflow, { name }, call);
    if (!workflow) throw new SignalboxError('NOT_FOUND', `There is no saved workflow ${name}.`);
    workflows.push(workflow);
  }
  if (names.length > 0) return workflows;
  const pages = eachPage(async (page) => (await client.request(DescribeWorkflows, page, call)).workflows, Infinity);
  for await (const nodes of pages) workflows.push(...nodes);
  return workflows;
}

const DescribeWorkflow = operation<{ readonly workflow: SavedWorkflow | null }, { name: string }>(
  'query DescribeWorkflow($name: String!) { workflow(name: $name) { name version inputs document } }',
);

interface WorkflowPage {
  readonly workflows: {
    readonly nodes: readonly SavedWorkflow[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

const DescribeWorkflows = operation<WorkflowPage, { first: number; after?: string }>(`
  query DescribeWorkflows($first: Int, $after: String) {
    workflows(first: $first, after: $after) {
      nodes { name version inputs document }
      pageInfo { hasNextPage endCursor }
    }
  }`);
