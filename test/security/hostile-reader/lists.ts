import { tokenFor } from '../../support/server.ts';
import { type Attempt, bearer, mutation, type Target } from './target.ts';

const elsewhere = async () => bearer(await tokenFor('eve', { roles: ['admin'], tenant: 'south' }));
const bob = async (on: Target) => bearer(await on.signIn('bob'));
const saveView = (state: string, more = '') => mutation('saveView', `name: "mine", state: "${state}"${more}`);
const deleteView = (id: string) => `mutation { deleteView(id: "${id}") { ... on Refusal { code } } }`;

/** The id of a view that alice has saved. */
async function viewOfAlice(on: Target, isShared: boolean): Promise<string> {
  await on.ask(saveView('/runs', `, shared: ${isShared}`), on.alice);
  const { savedViews } = (await on.read('{ savedViews { id shared } }', on.alice)).data;
  return savedViews.find(({ shared }: { shared: boolean }) => shared === isShared).id as string;
}

/** The run of an artifact that alice has uploaded. */
async function runOfAlice(on: Target): Promise<string> {
  const input = 'name: "secret.txt", source: { text: { text: "of alice" } }';
  const query = `mutation { uploadArtifact(input: { ${input} }) { ... on Artifact { run { id } } } }`;
  return (await on.read(query, on.alice)).data.uploadArtifact.run.id as string;
}

const listed = async (on: Target, filter: string, caller: { authorization?: string }) => {
  const { data, errors } = await on.read(
    `{ artifacts(filter: { ${filter} }) { nodes { name } totalCount } }`,
    caller as never,
  );
  if (errors) return errors[0]?.extensions.code ?? 'failed';
  const { nodes, totalCount } = data.artifacts;
  return nodes.length + totalCount === 0 ? 'an empty list' : 'artifacts';
};

export const LIST_ATTEMPTS: readonly Attempt[] = [
  {
    attempt: 'The control: alice lists the artifacts of a run',
    outcome: 'artifacts',
    run: async (on) => listed(on, `run: "${await runOfAlice(on)}"`, on.alice),
  },
  {
    attempt: 'A user lists the artifacts of another user’s run',
    outcome: 'an empty list',
    run: async (on) => listed(on, `run: "${await runOfAlice(on)}"`, await bob(on)),
  },
  {
    attempt: 'An administrator of another tenant searches artifacts by name',
    outcome: 'an empty list',
    run: async (on) => {
      await runOfAlice(on);
      return listed(on, 'text: "secret"', await elsewhere());
    },
  },
  {
    attempt: 'A search has a text of 500 characters, or one that would change SQL',
    outcome: 'BAD_INPUT, then an empty list',
    run: async (on) => {
      await runOfAlice(on);
      const long = await listed(on, `text: "${'x'.repeat(500)}"`, on.alice);
      return `${long}, then ${await listed(on, 'text: "%\' OR 1=1 --"', on.alice)}`;
    },
  },
  {
    attempt: 'An analyst lists the names of secrets, for which no rule permits anything',
    outcome: 'an empty list',
    run: async (on) => {
      const { secretNames } = (await on.read('{ secretNames }', on.alice)).data;
      return secretNames.length === 0 ? 'an empty list' : 'names';
    },
  },
  {
    attempt: 'A shared view is the address of a script, for others to open',
    outcome: 'BAD_INPUT',
    run: (on) => on.ask(saveView('javascript:alert(1)', ', shared: true'), on.alice),
  },
  {
    attempt: 'A shared view leads to another site',
    outcome: 'BAD_INPUT',
    run: (on) => on.ask(saveView('//evil.example/runs', ', shared: true'), on.alice),
  },
  {
    attempt: 'A user deletes the view of another user',
    outcome: 'NOT_FOUND',
    run: async (on) => on.ask(deleteView(await viewOfAlice(on, false)), await bob(on)),
  },
  {
    attempt: 'A user deletes a view that another user has shared',
    outcome: 'FORBIDDEN',
    run: async (on) => on.ask(deleteView(await viewOfAlice(on, true)), await bob(on)),
  },
];
