import { tokenFor } from '../../support/server.ts';
import { type Attempt, bearer, createAccount, createToken, mutation, PASSWORD, type Target } from './target.ts';

const update = (username: string, change: string) => mutation('updateAccount', `username: "${username}", ${change}`);
const setPassword = (username: string) =>
  mutation('setPassword', `username: "${username}", password: "known to the attacker"`);

/** Somebody with a role, who has signed in. The account may be there already. */
async function as(on: Target, username: string, roles: readonly string[]) {
  await on.addAccount(username, roles);
  return bearer(await on.signIn(username, PASSWORD));
}
/** May manage accounts with the role user, and no others. */
const operator = (on: Target) => as(on, 'otto', ['operator']);
const elsewhere = async () => bearer(await tokenFor('eve', { roles: ['admin'], tenant: 'south' }));

export const ACCOUNT_ATTEMPTS: readonly Attempt[] = [
  {
    attempt: 'The control: an operator creates a user',
    outcome: 'done',
    run: async (on) => on.ask(createAccount('newcomer', ['user']), await operator(on)),
  },
  {
    attempt: 'An analyst, who has `mutation:*`, creates an administrator',
    outcome: 'FORBIDDEN',
    run: (on) => on.ask(createAccount('evil', ['admin']), on.alice),
  },
  {
    attempt: 'An operator creates an administrator',
    outcome: 'FORBIDDEN',
    run: async (on) => on.ask(createAccount('evil', ['user', 'admin']), await operator(on)),
  },
  {
    attempt: 'An operator gives themselves the role admin',
    outcome: 'FORBIDDEN',
    run: async (on) => on.ask(update('otto', 'roles: ["operator", "admin"]'), await operator(on)),
  },
  {
    attempt: 'An operator makes an administrator of a user',
    outcome: 'FORBIDDEN',
    run: async (on) => {
      await on.addAccount('pawn', ['user']);
      return on.ask(update('pawn', 'roles: ["admin"]'), await operator(on));
    },
  },
  {
    attempt: 'An operator takes an administrator over by a new password',
    outcome: 'FORBIDDEN',
    run: async (on) => {
      await on.addAccount('boss', ['admin']);
      return on.ask(setPassword('boss'), await operator(on));
    },
  },
  {
    attempt: 'An operator takes the roles of an administrator away, to own the account then',
    outcome: 'FORBIDDEN',
    run: async (on) => {
      await on.addAccount('boss', ['admin']);
      return on.ask(update('boss', 'roles: ["user"]'), await operator(on));
    },
  },
  {
    attempt: 'An administrator of another tenant sets a password here',
    outcome: 'NOT_FOUND',
    run: async (on) => {
      await on.addAccount('boss', ['admin']);
      return on.ask(setPassword('boss'), await elsewhere());
    },
  },
  {
    attempt: 'An administrator of another tenant lists the accounts',
    outcome: 'an empty list',
    run: async (on) => {
      await on.addAccount('boss', ['admin']);
      const { nodes } = (await on.read('{ accounts { nodes { username } } }', await elsewhere())).data.accounts;
      return nodes.length === 0 ? 'an empty list' : 'accounts';
    },
  },
  {
    attempt: 'A leaked API token of an administrator creates an account with a password',
    outcome: 'FORBIDDEN',
    run: async (on) => {
      const { token } = await createToken(on, on.admin, ['admin']);
      return on.ask(createAccount('backdoor', ['admin']), bearer(token));
    },
  },
  {
    attempt: 'A stolen session changes the password without knowing it',
    outcome: 'BAD_INPUT',
    run: async (on) =>
      on.ask(mutation('setPassword', 'password: "known to the attacker"'), await as(on, 'vic', ['user'])),
  },
  {
    attempt: 'A stolen session guesses the current password',
    outcome: 'THROTTLED',
    run: async (on) => {
      const stolen = await as(on, 'vera', ['user']);
      let outcome = '';
      for (let i = 0; i < 12; i += 1) {
        const guess = `currentPassword: "guess ${i}", password: "known to the attacker"`;
        outcome = await on.ask(mutation('setPassword', guess), stolen);
      }
      return outcome;
    },
  },
  {
    attempt: 'An administrator locks everybody out by disabling the last administrator',
    outcome: 'CONFLICT',
    run: async (on) => {
      const founder = bearer(await tokenFor('founder', { roles: ['admin'], tenant: 'east' }));
      await on.addAccount('only', ['admin'], founder);
      return on.ask(update('only', 'disabled: true'), founder);
    },
  },
  {
    attempt: 'An account is created with a name that looks like another’s, by an invisible character',
    outcome: 'BAD_INPUT',
    run: (on) => on.ask(createAccount('bo\\u200bss', ['user']), on.admin),
  },
  {
    attempt: 'An account is created over one that exists, to replace its password',
    outcome: 'CONFLICT',
    run: async (on) => {
      await on.addAccount('boss', ['admin']);
      return on.ask(createAccount('boss', ['user']), on.admin);
    },
  },
];
