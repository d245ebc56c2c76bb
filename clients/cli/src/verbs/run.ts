import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { StartRunDocument } from '../../../sdk/src/generated/graphql.ts';
import { unwrap } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { parsePairs } from '../input/pairs.ts';
import { UsageError } from '../output/exit-codes.ts';
import { followRun } from '../watch/follow-run.ts';

/** Starts a run. With the key of this call, a repetition of the request is the same run. */
export async function run(
  ctx: Context,
  [document]: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<number | undefined> {
  const inputs = parseInputs((options.input as readonly string[] | undefined) ?? []);
  const source = await readSource(ctx, String(document));
  const client = await ctx.client();
  const input = { source, inputs, idempotencyKey: randomUUID() };
  const { id, workflow, state, goal } = unwrap(
    (await client.request(StartRunDocument, { input }, { signal: ctx.signal })).startRun,
  );
  if (options.watch) return followRun(ctx, id, options.progress);
  ctx.print([{ id, workflow, state, goal }]);
  return undefined;
}

/** A saved workflow is a bare name; a file has a dot or a slash in its path. */
async function readSource({ io }: Context, document: string) {
  if (document === '-') return { yaml: await text(io.stdin) };
  if (/^[a-z][a-z0-9+.-]+:/i.test(document)) return { uri: document };
  if (/^[A-Za-z][\w-]*$/.test(document)) return { name: document };
  try {
    return { yaml: await readFile(document, 'utf8') };
  } catch (error) {
    throw new UsageError(
      `${document} cannot be read: ${(error as Error).message}. Name a file, a URL, a saved workflow, or -.`,
    );
  }
}

/** Each value is JSON where it can be read as such, otherwise text. @throws UsageError */
function parseInputs(pairs: readonly string[]): Readonly<Record<string, unknown>> {
  const inputs = Object.entries(parsePairs('--input', pairs));
  return Object.fromEntries(inputs.map(([name, value]) => [name, jsonOrText(value)]));
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
