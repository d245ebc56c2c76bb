import type { Server } from '../../test/support/server.ts';
import { openSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';
import type { Sample } from './growth-queries.ts';

type MeasureStream = (server: Server, token: string, sample: Sample) => Promise<number>;

const EVENTS = 'cursor caughtUp events { runId seq type hash }';

async function untilFirst(server: Server, token: string, document: string, variables: object, events: number) {
  await using socket = await openSocket(server, token);
  const began = performance.now();
  const watched = socket.watch(document, variables);
  await until('the subscription has answered', () => (events === 0 ? watched.cursor : watched.events.length >= events));
  return performance.now() - began;
}

/** Every subscription: the time until it answers, or until a reader that was away has its first thousand events. */
export const measureStreams: Readonly<Record<string, MeasureStream>> = {
  'subscription events, from now': (server, token) =>
    untilFirst(server, token, `subscription { events { ${EVENTS} } }`, {}, 0),
  'subscription events, 1,000 from the middle': (server, token, { eventCursor }) =>
    untilFirst(
      server,
      token,
      `subscription ($c: Cursor) { events(after: $c) { ${EVENTS} } }`,
      { c: eventCursor },
      1_000,
    ),
  'subscription runEvents': (server, token, { run }) =>
    untilFirst(server, token, `subscription ($id: ID!) { runEvents(runId: $id) { ${EVENTS} } }`, { id: run }, 4),
};
