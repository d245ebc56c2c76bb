import type { Client } from '../create-client.ts';
import { LiveHistoryDocument, type LiveHistoryQueryVariables } from '../generated/graphql.ts';
import type { LiveEvent } from './run-model.ts';

/** The events of a run so far, for the option `history` of `watchRun`. Programs that do not pass it do not load it. */
export async function* eventHistory(
  client: Pick<Client, 'request'>,
  variables: LiveHistoryQueryVariables,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent, undefined> {
  let after: string | undefined;
  for (let caughtUp = false; !caughtUp; ) {
    const { run } = await client.request(LiveHistoryDocument, { ...variables, after }, { signal });
    if (!run) return;
    yield* run.events.events;
    after = run.events.cursor;
    caughtUp = run.events.caughtUp;
  }
}
