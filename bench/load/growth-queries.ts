import type { Server } from '../../test/support/server.ts';
import { SHARED_DIGEST } from './fill-store.ts';

/** Ids and cursors of one store. */
export interface Sample {
  /** A run in the middle of the list. */
  readonly run: string;
  /** The cursor of that run in the list, and of its event in the journal. */
  readonly cursor: string;
  readonly eventCursor: string;
  /** The run with many items. */
  readonly bigRun: string;
  readonly itemCursor: string;
  /** A run that this server has executed. */
  readonly ownRun: string;
  /** When the run was created. */
  readonly createdAt: string;
  readonly firstCreatedAt: string;
}

type Query = readonly [document: string, variables?: object];

export async function readSample(server: Server, token: string): Promise<Sample> {
  const ask = async (document: string, variables?: object) => {
    const { data, errors } = await server.query(document, variables, token);
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const { oldest, newest } = await ask(
    '{ oldest: runs(last: 1) { nodes { id createdAt } } newest: runs(first: 1) { nodes { id createdAt } } }',
  );
  const [first, last] = [oldest.nodes[0], newest.nodes[0]].map(({ createdAt }) => Date.parse(createdAt));
  const createdBefore = new Date(((first as number) + (last as number)) / 2);
  const middle = await ask(
    'query ($f: RunFilter) { runs(first: 1, filter: $f) { edges { cursor node { id createdAt cursor } } } }',
    { f: { createdBefore } },
  );
  const [edge] = middle.runs.edges;
  const bigRun = newest.nodes[0].id;
  const items = await ask(
    'query ($id: ID!) { run(id: $id) { step(key: "one") { items(first: 100) { pageInfo { endCursor } } } } }',
    { id: bigRun },
  );
  const own = await ask(
    'mutation { convertToJson(input: { source: { uri: "data:text/csv,a%0A1" } }) { ... on CommandOutcome { run { id } } } }',
  );
  return {
    run: edge.node.id,
    cursor: edge.cursor,
    eventCursor: edge.node.cursor,
    bigRun,
    itemCursor: items.run.step.items.pageInfo.endCursor,
    ownRun: own.convertToJson.run.id,
    createdAt: edge.node.createdAt,
    firstCreatedAt: oldest.nodes[0].createdAt,
  };
}

const RUNS =
  'query ($f: RunFilter, $after: String) { runs(first: 20, filter: $f, after: $after) { nodes { id state } pageInfo { hasNextPage } } }';
const COUNT = 'query ($f: RunFilter) { runs(first: 1, filter: $f) { totalCount } }';

/** Every query, with the arguments that matter for its cost. */
export function queriesOf(sample: Sample): Readonly<Record<string, Query>> {
  const { run, cursor, eventCursor, bigRun, itemCursor, ownRun, createdAt, firstCreatedAt } = sample;
  const runs = (f: object, after?: string): Query => [RUNS, { f, after }];
  const ofRun = (fields: string, id = run): Query => [`query ($id: ID!) { run(id: $id) { ${fields} } }`, { id }];
  return {
    'runs, first page': runs({}),
    'runs, page in the middle': runs({}, cursor),
    'runs, last page': ['{ runs(last: 20) { nodes { id } pageInfo { hasPreviousPage } } }'],
    'runs by state, frequent': runs({ state: ['SUCCEEDED'] }),
    'runs by state, rare': runs({ state: ['FAILED'] }),
    'runs by state, none': runs({ state: ['DENIED', 'TIMEOUT'] }),
    'runs by kind': runs({ kind: ['WORKFLOW'] }),
    'runs by kind, none': runs({ kind: ['AGENT'] }),
    'runs by workflow, frequent': runs({ workflow: 'weekly_report' }),
    'runs by workflow, rare': runs({ workflow: 'rare' }),
    'runs by principal, frequent': runs({ principal: 'user-3' }),
    'runs by principal, rare': runs({ principal: 'carol' }),
    'runs by label, frequent': runs({ label: { team: 'sales' } }),
    'runs by label, rare': runs({ label: { team: 'rare' } }),
    'runs created before the middle': runs({ createdBefore: createdAt }),
    'runs created before the second': runs({ createdBefore: new Date(Date.parse(firstCreatedAt) + 1).toISOString() }),
    'runs created after the middle, in the middle': runs({ createdAfter: createdAt }),
    'runs by text, frequent': runs({ text: 'sales of' }),
    'runs by text, rare': runs({ text: 'on NEEDLES' }),
    'runs by text, none': runs({ text: 'haystack' }),
    'runs by text, the end of an ID': runs({ text: run.slice(-8) }),
    'runs by kind and rare label': runs({ kind: ['COMMAND'], label: { team: 'rare' } }),
    'runs by two frequent conditions that exclude each other': runs({ kind: ['COMMAND'], workflow: 'weekly_report' }),
    'runs, count': [COUNT, { f: {} }],
    'runs by workflow, rare, count': [COUNT, { f: { workflow: 'rare' } }],
    'runs by text, rare, count': [COUNT, { f: { text: 'on NEEDLES' } }],
    run: ofRun('id state steps { id state output } labels inputs'),
    'run, events': ofRun('events(first: 10) { events { seq } }'),
    'run, artifacts and children': ofRun(
      'artifacts(first: 10) { nodes { id } totalCount } children(first: 10) { nodes { id } totalCount }',
    ),
    'run, steps of the one with many items': ofRun('steps { id }', bigRun),
    'step, first items': ofRun('step(key: "one") { items(first: 20) { nodes { id } } }', bigRun),
    'step, items in the middle': [
      'query ($id: ID!, $after: String) { run(id: $id) { step(key: "one") { items(first: 20, after: $after) { nodes { id } } } } }',
      { id: bigRun, after: itemCursor },
    ],
    'run, export': ofRun('export', ownRun),
    verifyRun: ['query ($id: ID!) { verifyRun(id: $id) { valid } }', { id: ownRun }],
    node: ['query ($id: ID!) { node(id: $id) { id } }', { id: run }],
    'approvals, all': ['{ approvals(first: 20) { nodes { id } } }'],
    'approvals, open': ['{ approvals(state: OPEN, first: 20) { nodes { id } } }'],
    'events from the beginning': ['{ events(first: 50) { cursor events { seq } } }'],
    'events from the middle': [
      'query ($c: Cursor) { events(first: 50, after: $c) { cursor events { seq } } }',
      { c: eventCursor },
    ],
    'events by a type that never occurs': [
      'query ($c: Cursor) { events(first: 50, after: $c, filter: { types: [NOTIFICATION] }) { cursor events { seq } } }',
      { c: eventCursor },
    ],
    'artifact by a digest that many runs have': [
      'query ($d: Sha256!) { artifact(digest: $d) { id } }',
      { d: SHARED_DIGEST },
    ],
    workflows: ['{ workflows(first: 20) { nodes { id } } }'],
    quotas: ['{ quotas { name } }'],
    health: ['{ health { status } }'],
    'command, to its end': [
      'mutation { convertToJson(input: { source: { uri: "data:text/csv,a%0A1" } }) { ... on CommandOutcome { run { state } } } }',
    ],
  };
}
