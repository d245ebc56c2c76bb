import type { VerbGroup } from '../../frame/verb.ts';
import { withInputs } from '../input-options.ts';
import { TYPES_VERB } from '../list-verbs.ts';

export const WORKFLOW_VERBS: VerbGroup = {
  name: 'workflows',
  summary: 'Lists, saves, shows, validates, compares and deletes saved workflows, and writes their types.',
  verbs: [
    {
      name: 'list',
      summary: 'Lists the saved workflows, the last saved first.',
      options: (command) => command.option('--limit <number>', 'most workflows to list (default: 20)'),
      load: () => import('./list.ts'),
    },
    {
      name: 'save',
      arguments: '<document>',
      shownBy: 'signalbox workflows',
      summary: 'Saves a workflow of a file, a URL or - for standard input, as the next version.',
      options: (command) =>
        command.option('--if-version <number>', 'only if this version is the newest; 0: only if it is new'),
      load: () => import('./save.ts'),
    },
    {
      name: 'show',
      arguments: '<workflow>',
      summary: 'Prints the text of a saved workflow.',
      options: (command) => command.option('--version <number>', 'version (default: the newest)'),
      load: () => import('./show.ts'),
    },
    {
      name: 'validate',
      arguments: '<document>',
      summary: 'Checks a file, a URL, a saved workflow or - for standard input; starts and saves nothing.',
      options: withInputs,
      load: () => import('./validate.ts'),
    },
    {
      name: 'diff',
      arguments: '<workflow> <file|version> [file|version]',
      summary: 'Compares the newest version with a file, or a version with the newest or the second argument.',
      load: () => import('./diff.ts'),
    },
    {
      name: 'delete',
      arguments: '<workflow...>',
      shownBy: 'signalbox workflows',
      summary: 'Deletes saved workflows and their schedules. Their runs are kept.',
      load: () => import('./delete.ts'),
    },
    TYPES_VERB,
  ],
};
