import type { World } from './world.ts';

/** How one verb is called in every condition. */
export interface Row {
  /** What follows the verb. */
  readonly args?: (world: World) => Promise<readonly string[]> | readonly string[];
  /** Its standard input in a pipe. */
  readonly input?: string;
  /** What is typed on a terminal, where `--password-stdin` is left out, each time it shows a pattern. */
  readonly answers?: readonly (readonly [shows: RegExp, keys: string])[];
  /** The exit code while all is well. Default: 0. */
  readonly code?: number;
  /** It asks no server. */
  readonly isLocal?: true;
  /** It prints a text as it is, whose lines may be longer than those of the terminal. */
  readonly isVerbatim?: true;
  /** It does not end: ^C is typed when it shows this, and ends it. */
  readonly endless?: RegExp;
}

const PASSWORD = 'alice\n';
const LONG_PASSWORD = 'correct horse battery';
const TWICE = [
  [/password/i, `${LONG_PASSWORD}\r`],
  [/The same again/, `${LONG_PASSWORD}\r`],
] as const;

/** A row for each verb of the client: a verb without one fails the test. */
export const ROWS: Readonly<Record<string, Row>> = {
  login: {
    args: () => ['--user', 'alice', '--password-stdin'],
    input: PASSWORD,
    answers: [[/Password/, 'alice\r']],
  },
  logout: { isLocal: true },
  whoami: {},
  run: { args: ({ files }) => [files.workflow, '--input', 'n=1'] },
  show: { args: async (world) => [await world.waitingRun()] },
  runs: {},
  export: { args: async (world) => [await world.endedRun()], isVerbatim: true },
  types: { isVerbatim: true },
  'workflows list': {},
  'workflows save': { args: ({ files }) => [files.workflow] },
  'workflows show': { args: async (world) => [await world.workflow()], isVerbatim: true },
  'workflows validate': { args: ({ files }) => [files.workflow] },
  'workflows diff': { args: async (world) => [await world.workflow(), world.files.workflow], isVerbatim: true },
  'workflows types': { isVerbatim: true },
  'workflows delete': { args: async (world) => [await world.workflow()] },
  cancel: { args: async (world) => [await world.waitingRun()] },
  retry: { args: async (world) => [await world.failedRun()] },
  rerun: { args: async (world) => [await world.endedRun()] },
  agent: { args: ({ files }) => [files.agent] },
  command: { args: () => ['fetch', 'data:text/plain,one%20line'] },
  approve: { args: async (world) => [await world.approval()] },
  reject: { args: async (world) => [await world.waitingRun()] },
  signal: { args: async (world) => [await world.waitingRun(), 'go', '{}'] },
  logs: { args: async (world) => [await world.endedRun()] },
  events: { args: async (world) => ['--run', await world.endedRun(), '--after', 'c1.MQ'], endless: /SUCCEEDED/ },
  'approvals list': {},
  'artifacts list': {},
  'artifacts get': { args: async (world) => [await world.artifact(), world.target()] },
  'artifacts put': { args: ({ files }) => [files.text] },
  'schedules list': {},
  'schedules pause': { args: async (world) => [await world.workflow()] },
  'schedules resume': { args: async (world) => [await world.workflow()] },
  'schedules run': { args: async (world) => [await world.workflow()] },
  'workers list': {},
  // The server has no bus.
  'workers drain': { args: () => ['builder-7'], code: 1 },
  'jobs submit': { args: () => ['job.builds.app', '{}'] },
  'dead-letters list': {},
  'dead-letters replay': { args: () => ['dead_0198'], code: 1 },
  'policy explain': { args: () => ['command:fetch', 'https://example.com/a.csv'] },
  'policy check': { args: () => ['command:fetch', 'https://example.com/a.csv'] },
  'policy simulate': { args: ({ files }) => [files.rules] },
  open: { isLocal: true },
  'verify run': { args: () => ['/nonexistent'], code: 2, isLocal: true },
  'verify inclusion': { args: () => ['/nonexistent'], code: 2, isLocal: true },
  'verify consistency': { args: () => ['/nonexistent'], code: 2, isLocal: true },
  'accounts list': {},
  'accounts create': {
    args: (world) => [world.name(), '--roles', 'user', '--password-stdin'],
    input: LONG_PASSWORD,
    answers: TWICE,
  },
  'accounts update': { args: async (world) => [await world.account(), '--disable'] },
  'accounts set-password': {
    args: async (world) => [await world.account(), '--password-stdin'],
    input: LONG_PASSWORD,
    answers: TWICE,
  },
  'tokens list': {},
  'tokens create': { args: () => ['ci'] },
  'tokens revoke': { args: async (world) => [await world.apiToken()] },
  completion: { args: () => ['bash'], isLocal: true, isVerbatim: true },
};

/** A row for each verb of the server. Each call has an empty database. */
export const SERVER_ROWS: Readonly<Record<string, Row>> = {
  // Its log is JSON, whose lines are as long as they are.
  serve: { endless: /graphql/, code: 0, isVerbatim: true },
  // It has no bus.
  worker: { args: () => ['--pool', 'a'], code: 1 },
  mcp: { input: '', answers: [[/^/, '\u0004']] },
  migrate: {},
  doctor: {},
  backup: { args: (world) => [world.target()] },
  restore: { args: (world) => [world.target()], code: 1 },
  'user list': {},
  'user add': {
    args: () => ['bob', '--roles', 'user'],
    input: LONG_PASSWORD,
    answers: [[/password/i, `${LONG_PASSWORD}\r`]],
  },
  'user revoke': { args: () => ['bob'] },
  'user disable': { args: () => ['bob'] },
  'user enable': { args: () => ['bob'] },
  'token list': {},
  'token create': { args: () => ['ci', '--subject', 'bob', '--roles', 'user'] },
  'token revoke': { args: () => ['tok_1'], code: 1 },
  reseal: {},
};

/** Verbs with options that follow a run on a terminal, until ^C. */
export const FOLLOWING_ROWS: Readonly<Record<string, Row>> = {
  'run --watch': { args: ({ files }) => [files.waiting], endless: /waits for approval/ },
  'show --watch': { args: async (world) => [await world.waitingRun()], endless: /waits for approval/ },
  'rerun --watch': { args: async (world) => [await world.waitingRun()], endless: /waits for approval/ },
  'agent --watch': { args: ({ files }) => [files.slowAgent], endless: /RUNNING/ },
  'logs --follow': { args: async (world) => [await world.loggingRun()], endless: /three/ },
};
