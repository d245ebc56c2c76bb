import type { RunState } from '../../../sdk/src/generated/graphql.ts';
import { type Client, createClient } from '../../../sdk/src/index.ts';
import { hostsFile, readHosts } from '../connection/hosts-file.ts';
import { readProfile } from '../connection/profile.ts';
import {
  ApprovalListDocument,
  CommandsDocument,
  RunNamesDocument,
  WorkersDocument,
  WorkflowNamesDocument,
} from '../generated/graphql.ts';
import { type CommandSchema, flagsOf } from '../input/command-options.ts';
import { KINDS, STATES } from '../input/run-filter.ts';
import type { Position } from './position.ts';
import type { FindValues, Suggestion } from './suggest.ts';

/** The server has so long to answer; then the shell suggests nothing. */
const MAX_WAIT_MS = 300;
const PAGE = 100;

interface Question {
  readonly client: Client;
  readonly call: { readonly signal: AbortSignal };
  readonly position: Position;
}

type Source = (question: Question) => Promise<readonly Suggestion[]>;

/** Values that the server knows, by the placeholder of the grammar. */
const SOURCES: Readonly<Record<string, Source>> = {
  run: suggestRuns,
  'approval|run': suggestApprovals,
  workflow: suggestWorkflows,
  document: suggestWorkflows,
  worker: suggestWorkers,
  command: async (question) =>
    (await readCommands(question)).map(({ name, description }) => ({ value: name, description })),
  option: async (question) =>
    (await schemaFlags(question)).map(({ flag, description }) => ({ value: flag, description })),
  unknown: async (question) =>
    (await schemaFlags(question))
      .filter(({ flag }) => flag === question.position.unknownOption)
      .flatMap(({ choices }) => choices)
      .map((value) => ({ value })),
};

/** The runs that a verb can do something with; otherwise those of all states. */
const STATES_OF_VERB: Readonly<Record<string, readonly RunState[]>> = {
  cancel: ['PENDING', 'RUNNING', 'WAITING'],
  signal: ['PENDING', 'RUNNING', 'WAITING'],
  retry: ['FAILED', 'TIMEOUT'],
};

/** Values of this machine and of the server of the command line. None when the server does not answer in time. */
export function valueFinder(env: NodeJS.ProcessEnv, signal: AbortSignal): FindValues {
  return async (placeholder, position) => {
    try {
      if (placeholder === 'profile') return suggestProfiles(env);
      const constant = { state: STATES, kind: KINDS }[placeholder];
      if (constant) return Object.keys(constant).map((value) => ({ value }));
      const source = SOURCES[placeholder];
      return source ? await askServer(env, signal, position, source) : [];
    } catch {
      return [];
    }
  };
}

async function askServer(env: NodeJS.ProcessEnv, aborted: AbortSignal, position: Position, source: Source) {
  const signal = AbortSignal.any([aborted, AbortSignal.timeout(MAX_WAIT_MS)]);
  const { url, token } = await readProfile(env, Object.fromEntries(position.values));
  const client = createClient({ url, ...(token !== undefined && { token }) });
  try {
    return await source({ client, call: { signal }, position });
  } finally {
    client.close();
  }
}

async function suggestProfiles(env: NodeJS.ProcessEnv): Promise<readonly Suggestion[]> {
  const hosts = Object.entries(await readHosts(hostsFile(env)));
  return hosts.map(([value, { url, username }]) => ({ value, description: `${username} at ${url}` }));
}

async function suggestRuns({ client, call, position: { command, current, argument } }: Question) {
  const states = argument && STATES_OF_VERB[command.name()];
  const filter = { ...(states && { state: states }), ...(current.length > 'run_'.length && { text: current }) };
  const { nodes } = (await client.request(RunNamesDocument, { filter, first: PAGE }, call)).runs;
  return nodes.map(({ id, workflow, kind, state }) => ({ value: id, description: `${workflow ?? kind} ${state}` }));
}

async function suggestApprovals({ client, call }: Question) {
  const variables = { state: 'OPEN', mine: true, first: PAGE } as const;
  const { nodes } = (await client.request(ApprovalListDocument, variables, call)).approvals;
  return nodes.map(({ id, run, step }) => ({ value: id, description: `${run.workflow ?? run.id} ${step.key}` }));
}

async function suggestWorkflows({ client, call }: Question) {
  const { nodes } = (await client.request(WorkflowNamesDocument, { first: PAGE }, call)).workflows;
  return nodes.map(({ name, version }) => ({ value: name, description: `version ${version}` }));
}

async function suggestWorkers({ client, call }: Question) {
  const { nodes } = (await client.request(WorkersDocument, { first: PAGE }, call)).workers;
  return nodes.map(({ id, pool }) => ({ value: id, description: pool }));
}

async function readCommands({ client, call }: Question) {
  return (await client.request(CommandsDocument, {}, call)).catalog.commands;
}

/** The options by the schema of the command that `signalbox command` names. */
async function schemaFlags(question: Question) {
  const {
    command: verb,
    operands: [name],
  } = question.position;
  if (verb.name() !== 'command' || name === undefined) return [];
  const command = (await readCommands(question)).find((known) => known.name === name);
  return command ? flagsOf(command.options as CommandSchema) : [];
}
