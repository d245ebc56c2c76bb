import { randomUUID } from 'node:crypto';
import { RerunFromDocument, StartRunDocument } from '../../../sdk/src/generated/graphql.ts';
import { type Client, SignalboxError, unwrap } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { NewestVersionDocument, OriginalRunDocument, type OriginalRunQuery } from '../generated/graphql.ts';
import { type InputOptions, readInputs } from '../input/inputs.ts';
import { UsageError } from '../output/exit-codes.ts';
import { runRow } from '../output/run-row.ts';
import { followRun } from '../watch/follow-run.ts';

interface Options extends InputOptions {
  readonly from?: string;
  readonly watch?: boolean;
  readonly progress?: string;
}

type Original = NonNullable<OriginalRunQuery['run']>;

/** Starts a run again: from a step of it, or as a whole. Inputs of the arguments replace those of the same name. */
export async function run(ctx: Context, [id]: readonly unknown[], options: Options): Promise<number | undefined> {
  const inputs = await readInputs(ctx, options);
  const row = runRow(await start(ctx, String(id), inputs, options.from));
  if (options.watch) return followRun(ctx, row.id, { progress: options.progress, isNew: true });
  await ctx.print([row]);
  return undefined;
}

async function start({ client: connect, signal }: Context, id: string, changed: object, from: string | undefined) {
  const client = await connect();
  const { run: original } = await client.request(OriginalRunDocument, { id }, { signal });
  if (!original) throw new SignalboxError('NOT_FOUND', `There is no run ${id} that you may see.`);
  const inputs = { ...(original.inputs as object), ...changed };
  if (from !== undefined) {
    const input = { runId: id, step: from, ...(Object.keys(changed).length > 0 && { inputs }) };
    return unwrap((await client.request(RerunFromDocument, { input }, { signal })).rerunFrom);
  }
  const source = await sourceOf(client, id, original, signal);
  const input = { source, inputs, labels: original.labels, idempotencyKey: randomUUID() };
  return unwrap((await client.request(StartRunDocument, { input }, { signal })).startRun);
}

/** The saved workflow while its newest version is that of the run, otherwise the text of the run. @throws UsageError */
async function sourceOf(client: Client, id: string, original: Original, signal: AbortSignal) {
  const { kind, workflow: name, workflowVersion, text } = original;
  if (name !== null && workflowVersion !== null) {
    const { workflow } = await client.request(NewestVersionDocument, { name }, { signal });
    if (workflow?.version === workflowVersion) return { name };
  }
  if (text !== null) return { yaml: text };
  throw new UsageError(`Run ${id} (${kind}) has no document to start again. Name its first step with --from.`);
}
