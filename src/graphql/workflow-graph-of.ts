import { type AnyCommand, isComposite } from '../commands/define-command.ts';
import type { WorkflowRecord } from '../core/store.ts';
import { queries } from '../queries/registry.ts';
import type { Catalog, CatalogEntry, WorkflowGraph } from '../workflow/plan.ts';
import { readWorkflow } from '../workflow/read-workflow.ts';
import { plainSchema } from './capabilities.ts';

const catalogs = new WeakMap<readonly AnyCommand[], Catalog>();

/** The steps of a saved workflow, to draw; also of one whose commands this server no longer has. */
export function graphOf({ document }: WorkflowRecord, commands: readonly AnyCommand[]): WorkflowGraph {
  const catalog = catalogs.get(commands) ?? catalogOf(commands);
  catalogs.set(commands, catalog);
  return readWorkflow({ document }, catalog).graph ?? { nodes: [], edges: [] };
}

function catalogOf(commands: readonly AnyCommand[]): Catalog {
  const made = new Map(commands.map((command) => [command.name, entryOf(command)]));
  const read = new Map(
    queries.map(({ name, title, options }): [string, CatalogEntry] => [
      name,
      { effect: 'pure', title, options: plainSchema(options) },
    ]),
  );
  return {
    command: (name) => made.get(name),
    query: (name) => read.get(name),
    names: { commands: [...made.keys()], queries: [...read.keys()] },
  };
}

function entryOf(command: AnyCommand): CatalogEntry {
  const { title, options } = command;
  const plain = { title, options: plainSchema(options) };
  return isComposite(command)
    ? { ...plain, effect: 'external', composite: true }
    : { ...plain, effect: command.effect };
}
