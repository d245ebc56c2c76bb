import { type AnyCommand, type Command, isComposite } from '../commands/define-command.ts';
import type { StepBody } from '../core/run.ts';
import type { Query } from '../queries/define-query.ts';
import { type Commands, find } from './compile-command.ts';
import type { Capability } from './step-asks.ts';

/** The commands and queries that steps name. */
export interface Capabilities {
  readonly commands: Commands;
  readonly queries: readonly Query[];
  /** @throws Fault NOT_FOUND */
  command(name: string): Command;
  /** @throws Fault NOT_FOUND */
  query(name: string): Query;
  /** What the step names; undefined for kinds that name nothing which has options. */
  of(step: Pick<StepBody, 'kind' | 'capability'>): Capability | undefined;
}

export function createCapabilities(commands: readonly AnyCommand[], queries: readonly Query[]): Capabilities {
  const byName: Commands = new Map(commands.map((command) => [command.name, command]));
  const queryOf = new Map(queries.map((query) => [query.name, query]));
  const command = (name: string) => {
    const found = find(byName, name, ['command']);
    if (isComposite(found)) throw new Error(`${name} was planned as one step`);
    return found;
  };
  const query = (name: string) => {
    const found = queryOf.get(name);
    if (!found) throw new Error(`there is no query ${name}`);
    return found;
  };
  return {
    commands: byName,
    queries,
    command,
    query,
    of: ({ kind, capability }) => {
      if (kind === 'COMMAND') return command(capability);
      return kind === 'QUERY' ? query(capability) : undefined;
    },
  };
}
