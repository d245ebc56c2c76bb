import { randomUUID } from 'node:crypto';
import { RunAgentDocument } from '../../../sdk/src/generated/graphql.ts';
import { unwrap } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { readDocumentText } from '../input/document-text.ts';
import { type InputOptions, parseYaml, readInputs } from '../input/inputs.ts';
import { parsePairs } from '../input/pairs.ts';
import { runRow } from '../output/run-row.ts';
import { followRun } from '../watch/follow-run.ts';

interface Options extends InputOptions {
  readonly label?: readonly string[];
  readonly watch?: boolean;
  readonly progress?: string;
}

/** Runs one agent: an agent file, YAML or JSON. Inputs are its context. */
export async function run(ctx: Context, [file]: readonly unknown[], options: Options): Promise<number | undefined> {
  const document = await parseYaml('The agent file', await readDocumentText(ctx, String(file)));
  const labels = options.label && parsePairs('--label', options.label);
  const context = await readInputs(ctx, options, String(file));
  const hasContext = Object.keys(context).length > 0;
  const client = await ctx.client();
  const input = { document, ...(hasContext && { context }), ...(labels && { labels }), idempotencyKey: randomUUID() };
  const { runAgent } = await client.request(RunAgentDocument, { input }, { signal: ctx.signal });
  const row = runRow(unwrap(runAgent));
  if (options.watch) return followRun(ctx, row.id, { progress: options.progress, isNew: true });
  await ctx.print([row]);
  return undefined;
}
