import { Option } from 'commander';
import type { Verb } from '../frame/verb.ts';
import { withInputs, withLabels } from './input-options.ts';
import { withWatch } from './watch-options.ts';

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

const quiet = () =>
  new Option('--progress <form>', 'say when the connection is lost and when it is back, or not').choices([
    'plain',
    'none',
  ]);

/** The verbs that change runs and follow what they write. */
export const STEERING_VERBS: readonly Verb[] = [
  {
    name: 'cancel',
    arguments: '<run...>',
    shownBy: 'signalbox runs',
    summary: 'Stops runs. - reads their IDs from standard input.',
    options: (command) =>
      command
        .option('--compensate', 'run the compensations of the completed steps first')
        .option('--reason <text>', 'reason, which is recorded'),
    load: () => import('./cancel.ts'),
  },
  {
    name: 'retry',
    arguments: '<run...>',
    shownBy: 'signalbox runs',
    summary: 'Continues failed runs at their failed steps. - reads their IDs from standard input.',
    options: (command) => command.option('--step <key>', 'the failed step (default: all that failed)'),
    load: () => import('./retry.ts'),
  },
  {
    name: 'rerun',
    arguments: '<run>',
    shownBy: 'signalbox runs',
    summary: 'Starts a run again, as a whole or from a step. Inputs replace those of the run.',
    options: (command) =>
      withWatch(
        withInputs(command).option(
          '--from <step>',
          'repeat this step and those that depend on it, in a run of the same plan',
        ),
      ),
    load: () => import('./rerun.ts'),
  },
  {
    name: 'agent',
    arguments: '<file>',
    shownBy: 'signalbox runs',
    summary: 'Runs one agent: an agent file, a URL or - for standard input. Inputs are its context.',
    options: (command) => withWatch(withLabels(withInputs(command))),
    load: () => import('./agent.ts'),
  },
  {
    name: 'command',
    arguments: '[command] [words...]',
    shownBy: 'signalbox runs',
    summary:
      'Runs a command: NAME [URI] [--option value]. - reads its source from standard input. Alone it lists the commands.',
    // It has the help of each command.
    options: (command) =>
      command
        .allowUnknownOption()
        .helpOption(false)
        .option('-h, --help', 'display help; after the name of a command, its options'),
    load: () => import('./command.ts'),
  },
  {
    name: 'approve',
    arguments: '<approval|run>',
    shownBy: 'signalbox approvals --state ALL',
    summary: 'Approves a step that waits for it.',
    options: (command) => command.option('--comment <text>', 'reason, which is recorded'),
    load: () => import('./approve.ts'),
  },
  {
    name: 'reject',
    arguments: '<approval|run>',
    shownBy: 'signalbox approvals --state ALL',
    summary: 'Rejects a step that waits for approval.',
    options: (command) => command.option('--comment <text>', 'reason, which is recorded'),
    load: () => import('./reject.ts'),
  },
  {
    name: 'signal',
    arguments: '<run> <name> [json]',
    shownBy: 'signalbox runs',
    summary: 'Sends a signal to a run. - reads its payload from standard input.',
    load: () => import('./signal.ts'),
  },
  {
    name: 'logs',
    arguments: '<run>',
    summary: 'Prints the log of a run.',
    options: (command) =>
      command
        .option('-f, --follow', 'print also what it writes from now on, until it has ended')
        .option('--step <key>', 'only lines of this step')
        .addOption(new Option('--level <level>', 'only lines of at least this level').choices(LEVELS))
        .option('--last <n>', 'only the newest lines of those that exist')
        .option('--after <cursor>', 'only lines after this one')
        .addOption(quiet()),
    load: () => import('./logs.ts'),
  },
  {
    name: 'events',
    summary: 'Follows the journal of events until ^C.',
    options: (command) =>
      command
        .option('--after <cursor>', 'start after this event (default: now)')
        .option('--type <type...>', 'only events of these types')
        .option('--run <run>', 'only events of this run')
        .addOption(quiet()),
    load: () => import('./events.ts'),
  },
];
