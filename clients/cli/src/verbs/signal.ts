import { text } from 'node:stream/consumers';
import { SendSignalDocument } from '../../../sdk/src/generated/graphql.ts';
import { unwrap } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { parseJson } from '../input/json.ts';
import { runRow } from '../output/run-row.ts';

export async function run(ctx: Context, [runId, name, json]: readonly unknown[]): Promise<undefined> {
  const payload = typeof json === 'string' ? parseJson(json === '-' ? await text(ctx.io.stdin) : json) : undefined;
  const client = await ctx.client();
  const input = { runId: String(runId), name: String(name), ...(payload !== undefined && { payload }) };
  const { sendSignal } = await client.request(SendSignalDocument, { input }, { signal: ctx.signal });
  await ctx.print([runRow(unwrap(sendSignal))]);
}
