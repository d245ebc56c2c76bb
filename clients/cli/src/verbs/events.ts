import { EventsDocument, type EventType, ViewerDocument } from '../../../sdk/src/generated/graphql.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../output/exit-codes.ts';
import { formatEvent } from '../output/format-event.ts';
import { type FollowOptions, followStream, requireLines } from '../watch/follow-stream.ts';

interface Options extends FollowOptions {
  readonly after?: string;
  readonly type?: readonly string[];
  readonly run?: string;
}

/** Follows the journal until ^C, across lost connections and restarts of the server. */
export async function run(ctx: Context, _: readonly unknown[], options: Options): Promise<number> {
  const { type, run: runId } = options;
  requireLines(ctx);
  const client = await ctx.client();
  const { signal } = ctx;
  // A subscription waits for a server that does not answer; this request fails then.
  await client.request(ViewerDocument, {}, { signal });
  const filter = {
    ...(runId !== undefined && { runId }),
    ...(type && { types: type.map((name) => name.toUpperCase() as EventType) }),
  };
  let { after } = options;
  const batches = client.subscribe(EventsDocument, { filter, ...(after !== undefined && { after }) }, { signal });
  try {
    for await (const { events } of followStream(ctx, options, batches)) {
      await ctx.write(events.events.map((event) => `${formatEvent(event, ctx.output)}\n`).join(''));
      after = events.cursor;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (after !== undefined) ctx.note(`signalbox events --after ${after} continues here.`);
  return EXIT.interrupted;
}
