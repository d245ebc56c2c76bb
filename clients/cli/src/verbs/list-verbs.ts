import type { Verb } from '../frame/verb.ts';

/** Also one of `signalbox workflows`. */
export const TYPES_VERB: Verb = {
  name: 'types',
  arguments: '[workflow...]',
  summary: 'Writes TypeScript declarations of saved workflows (default: of all).',
  options: (command) => command.option('--out <file>', 'file to write (default: standard output)'),
  load: () => import('./types.ts'),
};

/** The verbs that list runs and describe saved workflows. */
export const LIST_VERBS: readonly Verb[] = [
  {
    name: 'runs',
    summary: 'Lists runs, newest first. All conditions must match.',
    options: (command) =>
      command
        .option('--state <state...>', 'runs in one of these states')
        .option('--kind <kind...>', 'runs of one of these kinds')
        .option('--workflow <workflow>', 'runs of this workflow')
        .option('--principal <name>', 'runs that this user started')
        .option('--since <time>', 'accepted after this date, or this long ago: 7d')
        .option('--until <time>', 'accepted before this date, or this long ago')
        .option('--longer-than <duration>', 'that took, or are taking, longer: 5m')
        .option('--label <name=value...>', 'runs with all of these labels')
        .option('--error <code...>', 'runs that failed with one of these codes')
        .option('--q <words>', 'with each word in goal, workflow, labels, error or inputs')
        .option('--text <text>', 'with this text in their ID, goal, workflow or commands')
        .option('--schedule <workflow>', 'runs that this schedule started')
        .option('--rerun-of <run>', 'runs that repeat this run')
        .option('--roots', 'only runs that no other run started')
        .option('--limit <number>', 'most runs to list (default: 20)'),
    load: () => import('./runs.ts'),
  },
  TYPES_VERB,
];
