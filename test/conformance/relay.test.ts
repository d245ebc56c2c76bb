import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGraphql, type TestGraphqlServer } from '../support/surfaces/graphql-server.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** What a program with Relay has in its sources. The compiler wants names that begin with that of the file, `Runs`. */
const DOCUMENTS = [
  `query RunsQuery($count: Int!) { viewer { username } ...Runs_query @arguments(count: $count) }`,
  `fragment Runs_query on Query @refetchable(queryName: "RunsPaginationQuery")
    @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" }) {
    runs(first: $count, after: $cursor) @connection(key: "Runs_runs") { edges { node { id ...Runs_run } } }
  }`,
  `fragment Runs_run on Run { id kind state steps { id key tries: attempt toolCalls { id tool } } }`,
  `fragment Runs_artifacts on Run @refetchable(queryName: "RunsArtifactsPaginationQuery")
    @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" }) {
    artifacts(first: $count, after: $cursor) @connection(key: "Runs_artifacts") {
      edges { node { id name step { id } run { id ...Runs_run } } }
    }
  }`,
  `fragment Runs_children on Run @refetchable(queryName: "RunsChildrenPaginationQuery")
    @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" }) {
    children(first: $count, after: $cursor) @connection(key: "Runs_children") { edges { node { id } } }
  }`,
  `fragment Runs_items on Step @refetchable(queryName: "RunsItemsPaginationQuery")
    @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" }) {
    items(first: $count, after: $cursor) @connection(key: "Runs_items") { edges { node { id key } } }
  }`,
  `query RunsNodeQuery($id: ID!) {
    node(id: $id) {
      id
      ...Runs_run @alias ...Runs_artifacts @alias ...Runs_children @alias ...Runs_items @alias
      ... on Step { stepState: state stepKind: kind }
      ... on Approval { approvalState: state }
      ... on Workflow { name }
      ... on Artifact { resource { uri } }
    }
  }`,
  `query RunsListsQuery {
    approvals(first: 1) @connection(key: "Runs_approvals") { edges { node { id run { ...Runs_run } } } }
    workflows(first: 1) @connection(key: "Runs_workflows") { edges { node { id name runs(first: 1) { nodes { id } } } } }
    policyRules { id role }
  }`,
  `mutation RunsConvertMutation($input: ConvertToJsonInput!) {
    convertToJson(input: $input) {
      ... on CommandOutcome { run { ...Runs_run } resource { json } }
      ... on Refusal { code message decision { rule { id } } }
    }
  }`,
  `subscription RunsEventsSubscription($id: ID!) {
    runEvents(runId: $id) {
      cursor
      events { seq ... on RunStateChanged { from to } ... on StepStateChanged { fromState: from toState: to } }
    }
  }`,
];

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

it('has a schema with which Relay compiles pages, refetches, a mutation and a subscription, all of which run', async () => {
  const operations = await compile(DOCUMENTS);
  const run = (name: string, variables: object = {}) => api.ask(operations.get(name) ?? '', variables);
  const input = { source: { uri: 'data:text/csv,a%0A1' } };
  const converted = await run('RunsConvertMutation', { input });
  const { id, steps } = converted.data.convertToJson.run;
  await run('RunsConvertMutation', { input });

  const first = (await run('RunsQuery', { count: 1 })).data.runs;
  expect(first.pageInfo).toEqual({ endCursor: expect.any(String), hasNextPage: true });
  const second = (await run('RunsPaginationQuery', { count: 1, cursor: first.pageInfo.endCursor })).data.runs;
  expect([...first.edges, ...second.edges].map(({ node }) => node.id)).toContain(id);
  expect(first.edges[0].node.id).not.toBe(second.edges[0].node.id);

  const others = {
    RunsArtifactsPaginationQuery: { id },
    RunsChildrenPaginationQuery: { id },
    RunsItemsPaginationQuery: { id: steps[0].id },
    RunsListsQuery: {},
    RunsNodeQuery: { id },
  };
  for (const [name, variables] of Object.entries(others)) {
    const { data, errors } = await run(name, variables);
    expect(errors, name).toBeUndefined();
    expect(Object.values(data), name).not.toContain(null);
  }
  const events = api.client().iterate({ query: operations.get('RunsEventsSubscription') ?? '', variables: { id } });
  expect((await events.next()).value?.data).toMatchObject({ runEvents: { events: expect.any(Array) } });
  await events.return?.();
});

/** The texts that a program with Relay sends for these documents, by the name of the operation. */
async function compile(documents: readonly string[]): Promise<ReadonlyMap<string, string>> {
  await using folder = await createTempFolder();
  const inFolder = (name: string) => join(folder.path, name);
  await mkdir(inFolder('src'));
  await writeFile(inFolder('src/Runs.js'), documents.map((text) => `graphql\`${text}\`;\n`).join(''));
  await writeFile(inFolder('schema.graphql'), await readFile('schema.graphql'));
  await writeFile(
    inFolder('relay.config.json'),
    JSON.stringify({
      ...{ src: './src', schema: './schema.graphql', language: 'javascript' },
      persistConfig: { file: './operations.json' },
    }),
  );
  await writeFile(inFolder('operations.json'), '{}');
  const program = createRequire(import.meta.url).resolve('relay-compiler/cli.js');
  await promisify(execFile)(process.execPath, [resolve(program), inFolder('relay.config.json')], { cwd: folder.path });
  const texts = Object.values(
    JSON.parse(await readFile(inFolder('operations.json'), 'utf8')) as Record<string, string>,
  );
  return new Map(texts.map((text) => [/^(?:query|mutation|subscription) (\w+)/.exec(text)?.[1] ?? '', text]));
}
