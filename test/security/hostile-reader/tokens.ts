import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTokenText } from '../../../src/auth/token-text.ts';
import { tokenFor } from '../../support/server.ts';
import type { CallerHeaders } from '../../support/surfaces/long-streams.ts';
import { until } from '../../support/until.ts';
import { type Attempt, bearer, createToken, mutation, PASSWORD, type Target, VIEWER } from './target.ts';

const RENEW = 'mutation { renewSession { ... on Session { token } ... on Refusal { code } } }';
const RULES = '{ policyRules { id } }';
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const revoke = (id: string) => `mutation { revokeApiToken(id: "${id}") { ... on Refusal { code } } }`;

/** Saves a workflow with a command that a writer may not execute. */
async function saveWorkflow(on: Target, caller: CallerHeaders, name: string, schedule: object = {}) {
  const steps = [
    { id: 'read', kind: 'command', command: 'convertToJson', input: { source: { uri: 'data:text/csv,a' } } },
  ];
  const query =
    'mutation ($source: WorkflowSource!) { saveWorkflow(input: { source: $source }) { ... on Refusal { message } } }';
  const { data } = await on.read(query, caller, { source: { document: { name, steps, ...schedule } } });
  if (data.saveWorkflow.message !== undefined) throw new Error(data.saveWorkflow.message);
}

/** How the newest run of a workflow has ended. */
const endOf = (on: Target, name: string) =>
  until('a run has ended', async () => {
    const query = `{ runs(filter: { workflow: "${name}" }, first: 1) { nodes { state } } }`;
    const [run] = (await on.read(query, on.admin)).data.runs.nodes;
    return /SUCCEEDED|FAILED|DENIED/.exec(run?.state ?? '')?.[0];
  });

/** The owner, who has every permission, and a token for one role, which may only save. */
async function ownerAndWriter(on: Target, username: string) {
  const owner = await signedIn(on, username, ['admin', 'writer']);
  return { owner, writer: bearer((await createToken(on, owner, ['writer'])).token) };
}

/** A new account with a role, and its token of a sign-in. */
async function signedIn(on: Target, username: string, roles: readonly string[]) {
  await on.addAccount(username, roles);
  return bearer(await on.signIn(username, PASSWORD));
}

export const TOKEN_ATTEMPTS: readonly Attempt[] = [
  {
    attempt: 'The control: a program uses an API token',
    outcome: 'done',
    run: async (on) => on.ask(VIEWER, bearer((await createToken(on, on.alice, ['analyst'])).token)),
  },
  {
    attempt: 'One character of a token is changed',
    outcome: 'UNAUTHENTICATED',
    run: async (on) => {
      const { token } = await createToken(on, on.alice, ['analyst']);
      return on.ask(VIEWER, bearer(token.slice(0, 20) + (token[20] === 'a' ? 'b' : 'a') + token.slice(21)));
    },
  },
  {
    attempt: 'Well-formed tokens are guessed, hundreds a minute',
    outcome: 'THROTTLED',
    run: async (on) => {
      let outcome = '';
      for (let i = 0; i < 40; i += 1) outcome = await on.ask(VIEWER, bearer(createTokenText('API')));
      return outcome;
    },
  },
  {
    attempt: 'The guesses are to lock out a program behind the same address',
    outcome: 'done',
    run: async (on) => {
      const { token } = await createToken(on, on.alice, ['analyst']);
      for (let i = 0; i < 40; i += 1) await on.ask(VIEWER, bearer(createTokenText('API')));
      return on.ask(VIEWER, bearer(token));
    },
  },
  {
    attempt: 'An analyst asks for a token with the role admin',
    outcome: 'BAD_INPUT',
    run: (on) => on.ask(mutation('createApiToken', 'name: "x", roles: ["analyst", "admin"]'), on.alice),
  },
  {
    attempt: 'A token is to last for ten years',
    outcome: 'BAD_INPUT',
    run: (on) =>
      on.ask(mutation('createApiToken', `name: "x", roles: ["analyst"], expiresAt: "${inDays(3650)}"`), on.alice),
  },
  {
    attempt: 'A leaked token creates another one, to outlive its revocation',
    outcome: 'FORBIDDEN',
    run: async (on) => {
      const { token } = await createToken(on, on.alice, ['analyst']);
      return on.ask(mutation('createApiToken', 'name: "x", roles: ["analyst"]'), bearer(token));
    },
  },
  {
    attempt: 'A leaked token revokes the other tokens of its owner',
    outcome: 'FORBIDDEN',
    run: async (on) => {
      const [leaked, other] = [
        await createToken(on, on.alice, ['analyst']),
        await createToken(on, on.alice, ['analyst']),
      ];
      return on.ask(revoke(other.id), bearer(leaked.token));
    },
  },
  {
    attempt: 'A user revokes the token of an administrator',
    outcome: 'FORBIDDEN',
    run: async (on) => on.ask(revoke((await createToken(on, on.admin, ['admin'])).id), on.alice),
  },
  {
    attempt: 'A user lists the tokens of the tenant',
    outcome: 'FORBIDDEN',
    run: (on) => on.ask('{ apiTokens(ofTenant: true) { nodes { id } } }', on.alice),
  },
  {
    attempt: 'An administrator revokes a token of another tenant',
    outcome: 'NOT_FOUND',
    run: async (on) => {
      const { id } = await createToken(on, on.alice, ['analyst']);
      return on.ask(revoke(id), bearer(await tokenFor('eve', { roles: ['admin'], tenant: 'south' })));
    },
  },
  {
    attempt: 'A token is read again after it was created',
    outcome: 'BAD_INPUT',
    run: (on) => on.ask('{ apiTokens { nodes { token } } }', on.alice),
  },
  {
    attempt: 'A token is looked for in the files of the database and in the log',
    outcome: 'not there',
    run: async (on) => {
      const { token } = await createToken(on, on.alice, ['analyst']);
      await on.ask(VIEWER, bearer(token));
      const { dataDir, log } = on.server;
      const names = (await readdir(dataDir)).filter((name) => name.startsWith('signalbox.db'));
      const files = await Promise.all(names.map((name) => readFile(join(dataDir, name), 'latin1')));
      return [...files, ...log].some((text) => text.includes(token.slice(4))) ? 'there' : 'not there';
    },
  },
  {
    attempt: 'A token keeps the role that its owner has lost',
    outcome: 'FORBIDDEN',
    run: async (on) => {
      const { token } = await createToken(on, await signedIn(on, 'lost', ['analyst', 'user']), ['analyst', 'user']);
      if ((await on.ask(RULES, bearer(token))) !== 'done') return 'not usable';
      await on.ask(mutation('updateAccount', 'username: "lost", roles: ["user"]'), on.admin);
      return on.ask(RULES, bearer(token));
    },
  },
  {
    attempt: 'A leaked token that may only save replaces a workflow, which its owner starts with all roles',
    outcome: 'SUCCEEDED before, DENIED afterwards',
    run: async (on) => {
      const { owner, writer } = await ownerAndWriter(on, 'wanda');
      const ends: string[] = [];
      for (const author of [owner, writer]) {
        await saveWorkflow(on, author, 'planted');
        await on.read('mutation { startRun(input: { source: { name: "planted" } }) { ... on Run { id } } }', owner);
        ends.push(await endOf(on, 'planted'));
      }
      return `${ends[0]} before, ${ends[1]} afterwards`;
    },
  },
  {
    attempt: 'A leaked token that may only save saves a workflow with a schedule, which starts with all roles',
    outcome: 'DENIED',
    run: async (on) => {
      const { writer } = await ownerAndWriter(on, 'wendy');
      await saveWorkflow(on, writer, 'ticking', { schedule: { cron: '* * * * * *', overlap: 'allow' } });
      return endOf(on, 'ticking');
    },
  },
  {
    attempt: 'A token outlives the new password of its owner',
    outcome: 'UNAUTHENTICATED',
    run: async (on) => {
      const { token } = await createToken(on, await signedIn(on, 'changed', ['user']), ['user']);
      await on.ask(mutation('setPassword', 'username: "changed", password: "another horse battery"'), on.admin);
      return on.ask(VIEWER, bearer(token));
    },
  },
  {
    attempt: 'An API token is renewed for ever',
    outcome: 'UNAUTHENTICATED',
    run: async (on) => on.ask(RENEW, bearer((await createToken(on, on.alice, ['analyst'])).token)),
  },
  {
    attempt: 'A short token of another issuer with the same secret is renewed',
    outcome: 'UNAUTHENTICATED',
    run: async (on) => on.ask(RENEW, bearer(await tokenFor('eve', { roles: ['admin'], expiresIn: '1m' }))),
  },
  {
    attempt: 'A stolen token is renewed, and then its owner is disabled',
    outcome: 'UNAUTHENTICATED',
    run: async (on) => {
      const stolen = await signedIn(on, 'stolen', ['user']);
      const { token } = (await on.read(RENEW, stolen)).data.renewSession;
      if ((await on.ask(VIEWER, bearer(token))) !== 'done') return 'not usable';
      for (const disabled of [true, false])
        await on.ask(mutation('updateAccount', `username: "stolen", disabled: ${disabled}`), on.admin);
      return on.ask(VIEWER, bearer(token));
    },
  },
];
