import type { Client } from 'graphql-ws';
import type { Principal } from '../../../src/core/principal.ts';
import { ADMIN, type TestGraphqlServer } from './graphql-server.ts';

/** An `EventBatch` as these documents select it. */
export interface ReceivedBatch {
  readonly cursor: string;
  readonly caughtUp: boolean;
  readonly events: readonly {
    readonly runId: string;
    readonly seq: number;
    readonly text?: string;
    readonly to?: string;
  }[];
}

const BATCH_FIELDS =
  'cursor caughtUp events { cursor runId seq type ... on LogLine { text } ... on RunStateChanged { to } }';
export const EVENTS = `subscription ($filter: EventFilter, $after: Cursor, $batch: Int) { events(filter: $filter, after: $after, batch: $batch) { ${BATCH_FIELDS} } }`;
export const RUN_EVENTS = `subscription ($id: ID!, $after: Cursor, $batch: Int) { runEvents(runId: $id, after: $after, batch: $batch) { ${BATCH_FIELDS} } }`;

/** The batches of a subscription until `enough` of them, or until it ends. */
export async function follow(
  client: Client,
  query: string,
  variables: Record<string, unknown>,
  enough: (seqs: readonly number[]) => boolean = () => false,
  onBatch: (batch: ReceivedBatch) => void = () => {},
): Promise<readonly ReceivedBatch[]> {
  const batches: ReceivedBatch[] = [];
  for await (const { data, errors } of client.iterate<Record<string, ReceivedBatch>>({ query, variables })) {
    if (errors) throw Object.assign(new Error('subscription failed'), { errors });
    const batch = Object.values(data ?? {})[0] as ReceivedBatch;
    batches.push(batch);
    onBatch(batch);
    if (enough(seqsOf(batches))) break;
  }
  return batches;
}

/** The admin of the tests, with a token that expires in this many milliseconds. */
export function adminUntil(api: TestGraphqlServer, ms: number): Principal {
  return { ...(api.tokens.get(ADMIN) as Extract<Principal, { kind: 'user' }>), expiresAt: new Date(Date.now() + ms) };
}

export function seqsOf(batches: readonly ReceivedBatch[]): readonly number[] {
  return batches.flatMap(({ events }) => events.map(({ seq }) => seq));
}

/** 1, 2, 3, … n */
export function upTo(n: number): readonly number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}
