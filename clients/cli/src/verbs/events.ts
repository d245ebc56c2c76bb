import { EventsDocument, type EventType, ViewerDocument } from '../../../sdk/src/generated/graphql.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../output/exit-codes.ts';
import { formatEvent } from '../output/format-event.ts';

interface Options {
  readonly after?: string;
  readonly type?: readonly string[];
  readonly run?: string;
}

/** Follows the journal until ^C, across lost connections and restarts of the server. */
export async function run(ctx: Context, _: readonly unknown[], { after, type, run: runId }: Options): Promise<number> {
  const client = await ctx.client();
  const { signal } = ctx;
  // A subscription waits for a server that does not answer; this request fails then.
  await client.request(ViewerDocument, {}, { signal });
  const filter = {
    ...(runId !== undefined && { runId }),
    ...(type && { types: type.map((name) => name.toUpperCase() as EventType) }),
  };
  const variables = { filter, ...(after !== undefined && { after }) };
  for await (const { events } of client.subscribe(EventsDocument, variables, { signal })) {
    await ctx.write(events.events.map((event) => `${formatEvent(event, ctx.output)}\n`).join(''));
  }
  return EXIT.interrupted;
}
