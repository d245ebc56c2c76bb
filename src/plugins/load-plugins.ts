import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commandProblem } from '../commands/definition/command-problem.ts';
import { type AnyCommand, isCommand } from '../commands/definition/define-command.ts';
import { commands as builtInCommands } from '../commands/registry.ts';
import { AGENT_BACKENDS } from '../core/agent.ts';
import { Fault } from '../core/errors.ts';
import { STEP_KINDS } from '../core/run.ts';
import { protocols as builtInProtocols } from '../resources/protocols/registry.ts';
import { TOOL_NAMES } from '../tools/registry.ts';
import { isPart } from './definition/brand.ts';
import type { AnyPluginBackend, AnyPluginStepKind, AnyPluginTool, PluginProtocol } from './definition/definitions.ts';
import { backendProblem, kindProblem, protocolProblem, toolProblem } from './definition/problems.ts';
import { provideEntry } from './provide-entry.ts';

/** What the plugins of a server bring, as they define it. */
export interface Plugins {
  readonly commands: readonly AnyCommand[];
  readonly tools: readonly AnyPluginTool[];
  readonly kinds: readonly AnyPluginStepKind[];
  readonly backends: readonly AnyPluginBackend[];
  readonly protocols: readonly PluginProtocol[];
}

/** Version of `signalbox/plugin`. A plugin may state the one that it is for: `export const apiVersion = 1`. */
const API_VERSION = 1;

/**
 * Loads plugins. Every export that a `define` function of `signalbox/plugin` gave becomes part of the server; other exports
 * are the module's own.
 * @param files paths, relative ones from the working directory
 * @throws Fault BAD_INPUT that names the file and what is wrong with it
 */
export async function loadPlugins(files: readonly string[]): Promise<Plugins> {
  if (files.length > 0) provideEntry();
  const commands = createShelf(isCommand, commandProblem, namesOf(builtInCommands));
  const tools = createShelf((value) => isPart('tool', value), toolProblem, TOOL_NAMES);
  const kinds = createShelf((value) => isPart('kind', value), kindProblem, STEP_KINDS);
  const backends = createShelf((value) => isPart('backend', value), backendProblem, AGENT_BACKENDS);
  const schemes = builtInProtocols.map(({ scheme }) => scheme);
  const protocols = createShelf((value) => isPart('protocol', value), protocolProblem, schemes);
  const shelves = [commands, tools, kinds, backends, protocols];
  for (const file of files) {
    const exported = await importModule(file);
    const { apiVersion = API_VERSION } = exported as { readonly apiVersion?: unknown };
    if (apiVersion !== API_VERSION) {
      throw pluginFault(
        file,
        `is for version ${String(apiVersion)} of signalbox/plugin; this server has version ${API_VERSION}.`,
      );
    }
    let count = 0;
    for (const value of new Set(Object.values(exported))) {
      for (const shelf of shelves) {
        const result = shelf.add(value);
        if (result === undefined) continue;
        if (result.problem !== undefined) throw pluginFault(file, result.problem);
        count += 1;
      }
    }
    if (count === 0) {
      throw pluginFault(
        file,
        'exports nothing for this server. Export what defineCommand(), defineTool(), defineStepKind(), defineBackend() or defineProtocol() gives.',
      );
    }
  }
  return {
    commands: commands.all,
    tools: tools.all,
    kinds: kinds.all,
    backends: backends.all,
    protocols: protocols.all,
  };
}

/**
 * The definitions of one sort, with unique names.
 * @param problemOf what is wrong with a definition whose name must not be one of `taken`
 */
function createShelf<T extends object>(
  fits: (value: unknown) => value is T,
  problemOf: (definition: T, taken: ReadonlySet<string>) => string | undefined,
  builtIn: readonly string[],
) {
  const all: T[] = [];
  return {
    all,
    /** @returns undefined for a value of another sort */
    add(value: unknown): { readonly problem?: string } | undefined {
      if (!fits(value)) return undefined;
      const problem = problemOf(value, new Set([...builtIn, ...namesOf(all)]));
      if (problem !== undefined) return { problem };
      all.push(value);
      return {};
    },
  };
}

function namesOf(definitions: readonly object[]): readonly string[] {
  return definitions.map((definition) => {
    const { name, kind, scheme } = definition as Readonly<Record<'name' | 'kind' | 'scheme', string>>;
    return name ?? kind ?? scheme;
  });
}

async function importModule(file: string): Promise<object> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as object;
  } catch (error) {
    throw pluginFault(file, `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function pluginFault(file: string, why: string, cause?: unknown): Fault {
  return new Fault('BAD_INPUT', `Plugin ${file} (SIGNALBOX_PLUGINS) ${why}`, { cause });
}
