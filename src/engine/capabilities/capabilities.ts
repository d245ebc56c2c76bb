import type { AnyBackend } from '../../agents/define-backend.ts';
import { type AnyCommand, type Command, isComposite } from '../../commands/definition/define-command.ts';
import type { Query } from '../../commands/read/define-query.ts';
import { Fault } from '../../core/errors.ts';
import type { StepBody } from '../../core/run.ts';
import type { RemotePool, Runtime } from '../../core/runtime.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import type { AnyStepKind } from '../../step-kinds/define-step-kind.ts';
import type { AnyTool } from '../../tools/define-tool.ts';
import { matchName, matchQueryName } from '../../workflow/forms/envelope.ts';

/** Something with options that may name resources: a command, a query, a tool or a kind. */
export type Capability = Pick<AnyCommand, 'name' | 'options'>;

type Commands = ReadonlyMap<string, AnyCommand>;

/** What can be called by name and options. */
export type Callable =
  | { readonly kind: 'COMMAND'; readonly target: AnyCommand }
  | { readonly kind: 'QUERY'; readonly target: Query };

/**
 * Finds a command or query by its name, or by its other names: in any case, with dashes, and those of other systems.
 * @throws Fault NOT_FOUND
 */
export function findCallable(
  { commands, queries }: Pick<Capabilities, 'commands' | 'queries'>,
  name: string,
  path: readonly string[],
): Callable {
  const named = commands.get(name);
  if (named) return { kind: 'COMMAND', target: named };
  const queryNames = queries.map((query) => query.name);
  const query = queries[queryNames.indexOf(matchQueryName(name, queryNames))];
  if (query) return { kind: 'QUERY', target: query };
  const command = commands.get(matchName(name, commands.keys()));
  if (command) return { kind: 'COMMAND', target: command };
  const names = [...commands.keys(), ...queryNames];
  const message = `Unknown command ${name.slice(0, 64)}.${didYouMean(name, names)} Available: ${names.join(', ')}.`;
  throw new Fault('NOT_FOUND', message, { path });
}

/** Everything that a step can be. */
export interface CapabilityDeps {
  readonly commands: readonly AnyCommand[];
  readonly queries: readonly Query[];
  readonly tools: readonly AnyTool[];
  readonly backends: readonly AnyBackend[];
  readonly kinds: readonly AnyStepKind[];
  /** Pool → where its steps run; `inline` is this process. */
  readonly pools: ReadonlyMap<string, Runtime | RemotePool | 'inline'>;
}

/** Finds what steps name. */
export interface Capabilities {
  readonly commands: Commands;
  readonly queries: readonly Query[];
  readonly tools: readonly AnyTool[];
  readonly backends: readonly AnyBackend[];
  readonly kinds: readonly AnyStepKind[];
  readonly pools: readonly string[];
  /** @throws Fault NOT_FOUND */
  command(name: string): Command;
  /** @throws Fault NOT_FOUND */
  query(name: string): Query;
  /** @throws Fault NOT_FOUND */
  tool(name: string): AnyTool;
  /** @throws Fault NOT_FOUND */
  backend(name: string): AnyBackend;
  /** @throws Fault NOT_FOUND */
  kind(kind: string): AnyStepKind;
  /** Where the steps of a pool run; undefined for this process. @throws Fault NOT_FOUND, CONFLICT for a pool that is remote */
  runtime(pool: string): Runtime | undefined;
  /** Topic to which steps of the pool are sent as jobs; undefined unless it is remote. */
  topicOf(pool: string): string | undefined;
  /** What the step names; undefined for kinds without a capability. */
  of(step: Pick<StepBody, 'kind' | 'capability'>): Capability | undefined;
}

export function createCapabilities(deps: CapabilityDeps): Capabilities {
  const { commands, queries, tools, backends, kinds, pools } = deps;
  const byName: Commands = new Map(commands.map((command) => [command.name, command]));
  const command = (name: string) => {
    const command = byName.get(name);
    if (!command) throw new Fault('NOT_FOUND', `Unknown command ${name}. Available: ${[...byName.keys()].join(', ')}.`);
    if (isComposite(command)) throw new Error(`${name} was planned as one step`);
    return command;
  };
  const query = createFinder('query', queries, ({ name }) => name);
  const tool = createFinder('tool', tools, ({ name }) => name);
  const kind = createFinder('kind', kinds, (one) => one.kind);
  // One object for each: its compiled schema is cached by identity.
  const asCapability = new Map<string, Capability>([
    ...tools.map(({ name, input }): [string, Capability] => [`TOOL ${name}`, { name, options: input }]),
    ...kinds.map((one): [string, Capability] => [one.kind, { name: one.kind.toLowerCase(), options: one.input }]),
  ]);
  return {
    commands: byName,
    queries,
    tools,
    backends,
    kinds,
    pools: [...pools.keys()],
    command,
    query,
    tool,
    kind,
    backend: createFinder('agent backend', backends, ({ name }) => name),
    runtime: (pool) => {
      const runtime = pools.get(pool);
      if (runtime === 'inline') return undefined;
      if (runtime?.kind === 'remote') {
        const message = `The pool ${pool} became remote after this run was planned. Start the workflow again.`;
        throw new Fault('CONFLICT', message);
      }
      if (runtime) return runtime;
      throw new Fault('NOT_FOUND', `Unknown pool ${pool}. Available: ${[...pools.keys()].join(', ')}.`);
    },
    topicOf: (pool) => {
      const runtime = pools.get(pool);
      return typeof runtime === 'object' && runtime.kind === 'remote' ? runtime.topic : undefined;
    },
    of: ({ kind, capability }) => {
      if (kind === 'COMMAND') return command(capability);
      if (kind === 'QUERY') return query(capability);
      return asCapability.get(kind === 'TOOL' ? `TOOL ${capability}` : kind);
    },
  };
}

function createFinder<T>(type: string, all: readonly T[], nameOf: (one: T) => string): (name: string) => T {
  const byName = new Map(all.map((one) => [nameOf(one), one]));
  return (name) => {
    const command = byName.get(name);
    if (command) return command;
    throw new Fault('NOT_FOUND', `Unknown ${type} ${name}. Available: ${[...byName.keys()].join(', ')}.`);
  };
}
