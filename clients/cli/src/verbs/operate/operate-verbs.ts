import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Verb, VerbGroup } from '../../frame/verb.ts';
import { parseJson } from '../../input/json.ts';

const APPROVAL_STATES = ['OPEN', 'APPROVED', 'REJECTED', 'EXPIRED', 'ALL'];

const withLimit = (command: Command) => command.option('--limit <number>', 'most entries to list (default: 20)');

const ofRequest = (command: Command) =>
  command
    .option('--role <role>', 'role of the request (default: yours)')
    .option('--schema <uri>', 'URI of its JSON Schema')
    .option('--workflow <workflow>', 'saved workflow that makes the request: its author is asked for too');

/** The verbs that show and operate what is next to the runs. */
export const OPERATE_VERBS: readonly (Verb | VerbGroup)[] = [
  {
    name: 'approvals',
    summary: 'Lists approvals.',
    verbs: [
      {
        name: 'list',
        summary: 'Lists approvals, those that wait by default.',
        options: (command) =>
          withLimit(command)
            .addOption(new Option('--state <state>', 'their state').choices(APPROVAL_STATES).default('OPEN'))
            .option('--mine', 'only those that you may decide now'),
        load: async () => ({ run: (await import('./approvals.ts')).list }),
      },
    ],
  },
  {
    name: 'artifacts',
    summary: 'Lists artifacts, and transfers their bytes.',
    verbs: [
      {
        name: 'list',
        summary: 'Lists artifacts, newest first.',
        options: (command) =>
          withLimit(command)
            .option('--run <run>', 'only those of this run')
            .option('--text <text>', 'only those with this in their name')
            .option('--type <type>', 'only those of this media type: image/png, image/*')
            .option('--since <time>', 'only those since then: 2026-11-30, 12h, 7d'),
        load: async () => ({ run: (await import('./artifacts.ts')).list }),
      },
      {
        name: 'get',
        arguments: '<artifact> [file]',
        summary: 'Writes the bytes of an artifact, by its ID or digest, to a file or to standard output.',
        load: async () => ({ run: (await import('./artifacts.ts')).get }),
      },
      {
        name: 'put',
        arguments: '<file>',
        shownBy: 'signalbox artifacts',
        summary: 'Stores a file as an artifact. - reads standard input.',
        options: (command) =>
          command
            .option('--name <name>', 'its name (default: that of the file)')
            .option('--type <type>', 'its media type (default: application/octet-stream)'),
        load: async () => ({ run: (await import('./artifacts.ts')).put }),
      },
    ],
  },
  {
    name: 'schedules',
    summary: 'Lists, pauses and resumes schedules, and starts their workflows.',
    verbs: [
      {
        name: 'list',
        summary: 'Lists schedules.',
        options: withLimit,
        load: async () => ({ run: (await import('./schedules.ts')).list }),
      },
      {
        name: 'pause',
        arguments: '<workflow>',
        shownBy: 'signalbox schedules',
        summary: 'Pauses a schedule: no run starts by it.',
        load: async () => ({ run: (await import('./schedules.ts')).pause }),
      },
      {
        name: 'resume',
        arguments: '<workflow>',
        shownBy: 'signalbox schedules',
        summary: 'Resumes a schedule from its next time on.',
        load: async () => ({ run: (await import('./schedules.ts')).resume }),
      },
      {
        name: 'run',
        arguments: '<workflow>',
        shownBy: 'signalbox runs',
        summary: 'Starts the workflow of a schedule now, on your behalf.',
        load: async () => ({ run: (await import('./schedules.ts')).runNow }),
      },
    ],
  },
  {
    name: 'workers',
    summary: 'Lists and drains workers.',
    verbs: [
      {
        name: 'list',
        summary: 'Lists workers.',
        options: (command) =>
          withLimit(command)
            .option('--pool <pool>', 'only those of this pool')
            .option('--alive', 'only those that are alive')
            .option('--no-alive', 'only those that are not'),
        load: async () => ({ run: (await import('./workers.ts')).list }),
      },
      {
        name: 'drain',
        arguments: '<worker>',
        shownBy: 'signalbox workers',
        summary: 'Lets a worker finish what it does, without new jobs.',
        options: (command) => command.option('--undo', 'give it jobs again'),
        load: async () => ({ run: (await import('./workers.ts')).drain }),
      },
    ],
  },
  {
    name: 'jobs',
    summary: 'Submits jobs to workers.',
    verbs: [
      {
        name: 'submit',
        arguments: '<topic> [json]',
        shownBy: 'signalbox runs',
        summary: 'Sends a job with a context to a worker. - reads the context from standard input.',
        options: (command) =>
          command
            .option('--pointer <uri>', 'URI of the context, which the worker reads')
            .option('--job-id <id>', 'its ID: the same ID again is the same job')
            .option('--max-attempts <number>', 'attempts at most', parseAttempts)
            .option('--labels <json>', 'object of labels', parseJson)
            .option('--env <json>', 'object of variables for the worker', parseJson),
        load: async () => ({ run: (await import('./jobs.ts')).submit }),
      },
    ],
  },
  {
    name: 'dead-letters',
    summary: 'Lists and replays jobs that were given up.',
    verbs: [
      {
        name: 'list',
        summary: 'Lists dead letters, newest first.',
        options: (command) =>
          withLimit(command)
            .option('--topic <topic>', 'only jobs of this topic')
            .option('--reason <reason>', 'only those for this reason, such as timeout'),
        load: async () => ({ run: (await import('./jobs.ts')).listDeadLetters }),
      },
      {
        name: 'replay',
        arguments: '<dead-letter...>',
        shownBy: 'signalbox runs',
        summary: 'Submits jobs of dead letters again. - reads their IDs from standard input.',
        load: async () => ({ run: (await import('./jobs.ts')).replay }),
      },
    ],
  },
  {
    name: 'policy',
    summary: 'Asks the policy, and tries other rules.',
    verbs: [
      {
        name: 'explain',
        arguments: '<action> [uri]',
        summary: 'Prints the rule that decides a request, and those that almost do.',
        options: ofRequest,
        load: async () => ({ run: (await import('./policy.ts')).explain }),
      },
      {
        name: 'check',
        arguments: '<action> [uri]',
        summary: 'Prints the decision about a request. Exit code 3 when it is denied.',
        options: ofRequest,
        load: async () => ({ run: (await import('./policy.ts')).check }),
      },
      {
        name: 'simulate',
        arguments: '<file>',
        summary:
          'Decides recorded requests by the rules of a file, and prints what would change. - reads standard input.',
        options: (command) => command.option('--since <time>', 'only since then: 12h, 7d (default: 1d)'),
        load: async () => ({ run: (await import('./policy.ts')).simulate }),
      },
    ],
  },
  {
    name: 'open',
    arguments: '[run]',
    summary: 'Prints the URL of a run, or of the server, and opens it on a terminal.',
    load: () => import('./open.ts'),
  },
];

function parseAttempts(text: string): number {
  const attempts = Number(text);
  if (Number.isInteger(attempts) && attempts >= 1) return attempts;
  throw new InvalidArgumentError('It must be a whole number from 1.');
}
