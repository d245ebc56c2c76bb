import { EventsDocument, type EventType } from '../../../sdk/src/generated/graphql.ts';
import type { Context } from '../frame/context.ts';
import { openEntryStream } from '../frame/entry-stream.ts';
import { readViewer } from '../frame/read-viewer.ts';
import { EXIT } from '../output/exit-codes.ts';
import { formatEvent, type JournalEvent } from '../output/format-event.ts';
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
  await readViewer(ctx);
  const filter = {
    ...(runId !== undefined && { runId }),
    ...(type && { types: type.map((name) => name.toUpperCase() as EventType) }),
  };
  const out = openEntryStream(ctx, (event: JournalEvent) => formatEvent(event, ctx.output));
  let { after } = options;
  const batches = client.subscribe(EventsDocument, { filter, ...(after !== undefined && { after }) }, { signal });
  try {
    for await (const { events } of followStream(ctx, options, batches)) {
      await out.write(events.events);
      after = events.cursor;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (after !== undefined) ctx.note(`signalbox events --after ${after} continues here.`);
  return EXIT.interrupted;
}
