import { existsSync } from 'node:fs';
import { inWords } from './errors.ts';
import type { Verb, VerbGroup } from './verb.ts';

const TENANT = { flags: '--tenant <name>', description: 'tenant (default: default)' } as const;
const SUBJECT = { flags: '--subject <sub>', description: 'subject of a user of an identity provider' } as const;
/** A verb that changes what an account, or a user of an identity provider, may do. */
const standing = (name: 'revoke' | 'disable' | 'enable', summary: string): Verb => ({
  name,
  summary,
  arguments: '[name]',
  options: [SUBJECT, TENANT],
  load: async () => (await import('./user.ts')).changeStanding(name),
});

const ALL: readonly (Verb | VerbGroup)[] = [
  {
    name: 'serve',
    summary: 'Starts the server, as npm start does.',
    isAlone: true,
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'worker',
    summary: 'Performs the steps of remote pools for a server, which it reaches over NATS. Needs no database.',
    options: [{ flags: '--pool <names...>', description: 'pools whose steps it takes: a b, or a,b', required: true }],
    load: async () => (await import('./worker.ts')).worker,
  },
  {
    name: 'mcp',
    summary: 'Connects an MCP client on standard input and output to a running server.',
    isAlone: true,
    load: async () => (await import('./mcp.ts')).mcp,
  },
  {
    name: 'migrate',
    summary: 'Migrates the database to the current schema.',
    options: [{ flags: '--dry-run', description: 'print the migrations that are missing, and change nothing' }],
    load: async () => (await import('./migrate.ts')).migrate,
  },
  {
    name: 'doctor',
    summary: 'Checks everything that the server uses, and says what to do about what is not usable.',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'backup',
    arguments: '<folder>',
    summary:
      'Copies the database as of now, the artifacts that the folder does not have yet, and the keys in DATA_DIR, while the server runs; verifies the database.',
    load: async () => (await import('./backup.ts')).backup,
  },
  {
    name: 'restore',
    arguments: '<folder>',
    summary: 'Fills an empty DATA_DIR, or an empty database, from a backup, which is verified before.',
    load: async () => (await import('./backup.ts')).restore,
  },
  {
    name: 'user',
    summary: 'Lists, adds and disables accounts in the database of the server.',
    byDefault: 'list',
    verbs: [
      {
        name: 'list',
        summary: 'Lists the accounts of a tenant.',
        options: [TENANT],
        load: async () => (await import('./user.ts')).listUsers,
      },
      {
        name: 'add',
        arguments: '<name>',
        summary:
          'Adds an account or replaces it, which also signs it out everywhere. Its password is asked for, or is standard input.',
        options: [
          { flags: '--roles <roles>', description: 'roles of the policy: user,analyst', required: true },
          TENANT,
        ],
        load: async () => (await import('./user.ts')).addUser,
      },
      standing('revoke', 'Signs an account, or a user of an identity provider, out everywhere.'),
      standing('disable', 'Signs them out everywhere, and refuses new sign-ins and tokens.'),
      standing('enable', 'Lets them sign in again.'),
    ],
  },
  {
    name: 'token',
    summary: 'Creates, lists and revokes API tokens in the database of the server.',
    byDefault: 'list',
    verbs: [
      {
        name: 'list',
        summary: 'Lists the API tokens of a tenant, newest first.',
        options: [TENANT],
        load: async () => (await import('./token.ts')).listTokens,
      },
      {
        name: 'create',
        arguments: '<name>',
        summary: 'Creates an API token and prints it, once.',
        options: [
          { flags: '--user <name>', description: 'account that owns it' },
          SUBJECT,
          { flags: '--roles <roles>', description: 'its roles: user,analyst (default: those of the account)' },
          { flags: '--days <number>', description: 'days until it ends (default: as many as permitted)' },
          TENANT,
        ],
        load: async () => (await import('./token.ts')).createToken,
      },
      {
        name: 'revoke',
        arguments: '<id>',
        summary: 'Ends an API token on all nodes.',
        options: [TENANT],
        load: async () => (await import('./token.ts')).revokeToken,
      },
    ],
  },
  {
    name: 'reseal',
    summary:
      'Seals with CREDENTIALS_KEY what CREDENTIALS_PREVIOUS_KEY has sealed in the database, while the server runs. Prints what neither opens.',
    load: async () => (await import('./reseal.ts')).reseal,
  },
];

/** Every verb of the server. */
export const VERBS: readonly (Verb | VerbGroup)[] = ALL.map((entry) =>
  'verbs' in entry ? { ...entry, verbs: entry.verbs.map(inEnvironment) } : inEnvironment(entry),
);

/** The verb with the settings of the file `.env`, and faults in words. */
function inEnvironment(verb: Verb): Verb {
  return {
    ...verb,
    load: async () => {
      if (existsSync('.env')) process.loadEnvFile('.env');
      return inWords(await verb.load());
    },
  };
}
