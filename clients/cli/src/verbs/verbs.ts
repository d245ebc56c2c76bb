import { Argument } from 'commander';
import { VERIFY_VERBS } from '../../../../src/cli/verify-verbs.ts';
import { toVerbs } from '../frame/server-verb.ts';
import type { Verb, VerbGroup } from '../frame/verb.ts';
import { ACCESS_VERBS } from './access/access-verbs.ts';
import { withInputs, withLabels } from './input-options.ts';
import { LIST_VERBS } from './list-verbs.ts';
import { OPERATE_VERBS } from './operate/operate-verbs.ts';
import { STEERING_VERBS } from './steering-verbs.ts';
import { withWatch } from './watch-options.ts';
import { WORKFLOW_VERBS } from './workflows/workflow-verbs.ts';

/** Every verb of the client, in the order of the help. */
export const VERBS: readonly (Verb | VerbGroup)[] = [
  {
    name: 'login',
    summary: 'Signs in and keeps the token for the profile.',
    options: (command) =>
      command
        .option('--user <name>', 'the user name')
        .option('--password-stdin', 'read the password from standard input')
        .option('--token-stdin', 'read an API token from standard input'),
    load: () => import('./login.ts'),
  },
  {
    name: 'logout',
    summary: 'Signs out of the server, and deletes the token of the profile.',
    load: () => import('./logout.ts'),
  },
  { name: 'whoami', summary: 'Prints the user, tenant and roles of the token.', load: () => import('./whoami.ts') },
  {
    name: 'run',
    arguments: '<document>',
    shownBy: 'signalbox runs',
    summary: 'Starts a run of a file, a URL, a saved workflow or - for standard input.',
    options: (command) => withWatch(withLabels(withInputs(command))),
    load: () => import('./run.ts'),
  },
  {
    name: 'show',
    arguments: '<run...>',
    summary: 'Prints runs with their steps. - reads their IDs from standard input.',
    options: withWatch,
    load: () => import('./show.ts'),
  },
  {
    name: 'export',
    arguments: '<run>',
    summary: 'Prints a run as JSON with what signalbox verify needs to verify it without a server.',
    load: () => import('./export.ts'),
  },
  ...toVerbs([VERIFY_VERBS]),
  ...LIST_VERBS,
  WORKFLOW_VERBS,
  ...STEERING_VERBS,
  ...OPERATE_VERBS,
  {
    name: 'completion',
    summary: 'Prints the script that completes command lines in a shell.',
    options: (command) =>
      command
        .addArgument(new Argument('<shell>', 'shell that sources it').choices(['bash', 'zsh', 'fish']))
        .addArgument(new Argument('[words...]', 'words of a command line: prints how the last one can continue')),
    // The words that it completes have the options of a server.
    isLocal: true,
    isAlone: true,
    load: () => import('./completion.ts'),
  },
  ...ACCESS_VERBS,
];
