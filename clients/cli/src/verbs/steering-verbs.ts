import type { Verb } from '../frame/verb.ts';

/** The verbs that change runs. */
export const STEERING_VERBS: readonly Verb[] = [
  {
    name: 'cancel',
    arguments: '<run...>',
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
    summary: 'Continues failed runs at their failed steps. - reads their IDs from standard input.',
    options: (command) => command.option('--step <key>', 'the failed step (default: all that failed)'),
    load: () => import('./retry.ts'),
  },
  {
    name: 'approve',
    arguments: '<approval|run>',
    summary: 'Approves a step that waits for it.',
    options: (command) => command.option('--comment <text>', 'reason, which is recorded'),
    load: () => import('./approve.ts'),
  },
  {
    name: 'reject',
    arguments: '<approval|run>',
    summary: 'Rejects a step that waits for approval.',
    options: (command) => command.option('--comment <text>', 'reason, which is recorded'),
    load: () => import('./reject.ts'),
  },
  {
    name: 'signal',
    arguments: '<run> <name> [json]',
    summary: 'Sends a signal to a run. - reads its payload from standard input.',
    load: () => import('./signal.ts'),
  },
];
