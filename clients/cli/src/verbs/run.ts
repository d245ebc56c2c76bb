import { randomUUID } from 'node:crypto';
import { StartRunDocument, type WorkflowSource } from '../../../sdk/src/generated/graphql.ts';
import { unwrap } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { DescribeWorkflowDocument } from '../generated/graphql.ts';
import { askInputs, canAsk, inputSchemaOf, missingInputs, refuseMissing } from '../input/ask-inputs.ts';
import { readDocument } from '../input/document-source.ts';
import { readDocumentText } from '../input/document-text.ts';
import { type InputOptions, parseYaml, readInputs } from '../input/inputs.ts';
import { parsePairs } from '../input/pairs.ts';
import { EXIT } from '../output/exit-codes.ts';
import { runRow } from '../output/run-row.ts';
import { followRun } from '../watch/follow-run.ts';

interface Options extends InputOptions {
  readonly label?: readonly string[];
  readonly watch?: boolean;
  readonly progress?: string;
}

/** Starts a run. On a terminal it asks for inputs that the server misses. */
export async function run(ctx: Context, [document]: readonly unknown[], options: Options): Promise<number | undefined> {
  const labels = options.label && parsePairs('--label', options.label);
  const inputs = await readInputs(ctx, options, String(document));
  const source = await readDocument(ctx, String(document));
  const start = async (more: object = {}) => {
    const client = await ctx.client();
    // With the key of this call, a repetition of the request is the same run.
    const input = { source, inputs: { ...inputs, ...more }, ...(labels && { labels }), idempotencyKey: randomUUID() };
    return unwrap((await client.request(StartRunDocument, { input }, { signal: ctx.signal })).startRun);
  };
  let row: ReturnType<typeof runRow>;
  try {
    row = runRow(await start());
  } catch (error) {
    const missing = missingInputs(error);
    if (missing.length === 0) throw error;
    if (!canAsk(ctx)) throw refuseMissing(missing);
    const answers = await askInputs(ctx, missing, await readInputSchema(ctx, source));
    if (!answers) return EXIT.interrupted;
    row = runRow(await start(answers));
  }
  if (options.watch) return followRun(ctx, row.id, { progress: options.progress, isNew: true });
  await ctx.print([row]);
  return undefined;
}

async function readInputSchema(ctx: Context, { name, uri, yaml }: WorkflowSource): Promise<unknown> {
  if (name == null)
    return inputSchemaOf(await parseYaml('The document', yaml ?? (await readDocumentText(ctx, uri ?? ''))));
  const client = await ctx.client();
  const { workflow } = await client.request(DescribeWorkflowDocument, { name }, { signal: ctx.signal });
  return workflow?.inputs;
}
