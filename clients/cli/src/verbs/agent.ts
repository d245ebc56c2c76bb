import { randomUUID } from 'node:crypto';
import { parse } from 'yaml';
import { RunAgentDocument } from '../../../sdk/src/generated/graphql.ts';
import { unwrap } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { readDocumentText } from '../input/document-text.ts';
import { UsageError } from '../output/exit-codes.ts';
import { runRow } from '../output/run-row.ts';
import { followRun } from '../watch/follow-run.ts';

/** Runs one agent: an agent file, YAML or JSON. */
export async function run(
  ctx: Context,
  [file]: readonly unknown[],
  options: Readonly<{ watch?: boolean; progress?: string }>,
): Promise<number | undefined> {
  const document = parseDocument(await readDocumentText(ctx, String(file)));
  const client = await ctx.client();
  const input = { document, idempotencyKey: randomUUID() };
  const { runAgent } = await client.request(RunAgentDocument, { input }, { signal: ctx.signal });
  const row = runRow(unwrap(runAgent));
  if (options.watch) return followRun(ctx, row.id, options.progress);
  await ctx.print([row]);
  return undefined;
}

function parseDocument(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new UsageError(`The agent file is neither YAML nor JSON: ${(error as Error).message}`);
  }
}
