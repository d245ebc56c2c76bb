import type { Command } from 'commander';
import type { VerbGroup } from '../../frame/verb.ts';

const withLimit = (command: Command) => command.option('--limit <number>', 'most entries to list (default: 20)');
const withPassword = (command: Command) =>
  command.option('--password-stdin', 'read the password from standard input instead of asking for it');

/** The verbs that say who may sign in, and with what. */
export const ACCESS_VERBS: readonly VerbGroup[] = [
  {
    name: 'accounts',
    summary: 'Lists and changes the accounts of your tenant.',
    verbs: [
      {
        name: 'list',
        summary: 'Lists accounts, oldest first.',
        options: withLimit,
        load: async () => ({ run: (await import('./accounts.ts')).list }),
      },
      {
        name: 'create',
        shownBy: 'signalbox accounts',
        arguments: '<name>',
        summary: 'Creates an account, and asks for its password.',
        options: (command) => withPassword(command.requiredOption('--roles <roles>', 'its roles: user,analyst')),
        load: async () => ({ run: (await import('./accounts.ts')).create }),
      },
      {
        name: 'update',
        shownBy: 'signalbox accounts',
        arguments: '<name>',
        summary: 'Changes the roles of an account, disables or enables it.',
        options: (command) =>
          command
            .option('--roles <roles>', 'all its roles from now on: user,analyst')
            .option('--disable', 'sign it out everywhere, and refuse new sign-ins')
            .option('--enable', 'let it sign in again'),
        load: async () => ({ run: (await import('./accounts.ts')).update }),
      },
      {
        name: 'set-password',
        arguments: '[name]',
        summary: 'Replaces a password, which signs the account out everywhere. Without a name it is yours.',
        options: (command) =>
          command.option(
            '--password-stdin',
            'read the password from standard input; for yours, the current one on the line before',
          ),
        load: async () => ({ run: (await import('./accounts.ts')).setPassword }),
      },
    ],
  },
  {
    name: 'tokens',
    summary: 'Lists, creates and revokes API tokens.',
    verbs: [
      {
        name: 'list',
        summary: 'Lists your API tokens, newest first.',
        options: (command) => withLimit(command).option('--all', 'those of all users of your tenant'),
        load: async () => ({ run: (await import('./tokens.ts')).list }),
      },
      {
        name: 'create',
        shownBy: 'signalbox tokens',
        arguments: '<name>',
        summary: 'Creates an API token that acts for you, and prints it, once.',
        options: (command) =>
          command
            .option('--roles <roles>', 'its roles: user,analyst (default: yours)')
            .option('--days <number>', 'days until it ends (default: 90)'),
        load: async () => ({ run: (await import('./tokens.ts')).create }),
      },
      {
        name: 'revoke',
        shownBy: 'signalbox tokens',
        arguments: '<token...>',
        summary: 'Ends API tokens on all nodes, by their IDs. - reads them from standard input.',
        load: async () => ({ run: (await import('./tokens.ts')).revoke }),
      },
    ],
  },
];
