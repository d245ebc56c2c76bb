import { isComposite } from '../../commands/definition/define-command.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Catalog, CatalogBackend, CatalogEntry } from '../../workflow/model/catalog.ts';
import type { Capabilities } from './capabilities.ts';

/** What documents may refer to on a server with these capabilities. */
export function catalogOf(capabilities: Capabilities): Catalog {
  const commands = new Map<string, CatalogEntry>();
  for (const command of capabilities.commands.values()) {
    const { name, title, options } = command;
    const entry = { title, options: options as unknown as JsonObject };
    if (isComposite(command)) commands.set(name, { ...entry, effect: 'pure', composite: true });
    else {
      const { effect, mediaType } = command;
      commands.set(name, {
        ...entry,
        effect,
        ...(mediaType !== undefined && !/\bjson\b/i.test(mediaType) && { mediaType }),
      });
    }
  }
  const queries = entries(capabilities.queries, ({ name, title, options }) => [
    name,
    { title, effect: 'pure', options: options as unknown as JsonObject },
  ]);
  const tools = entries(capabilities.tools, ({ name, title, effect, idempotent, input, output }) => [
    name,
    {
      ...{ title, effect, options: input as unknown as JsonObject, output: output as unknown as JsonObject },
      ...(idempotent && { idempotent }),
    },
  ]);
  const kinds = entries(capabilities.kinds, ({ kind, title, input, idempotent, effectOf }) => [
    kind.toLowerCase(),
    {
      ...{ title, effect: 'external', options: input as unknown as JsonObject },
      ...(idempotent && { idempotent }),
      ...(effectOf && { effectOf }),
    },
  ]);
  const backends = new Map<string, CatalogBackend>(
    capabilities.backends.map(({ name, config, resumes }) => [
      name,
      { config: config as unknown as JsonObject, resumes },
    ]),
  );
  return {
    command: (name) => commands.get(name),
    query: (name) => queries.get(name),
    tool: (name) => tools.get(name),
    kind: (name) => kinds.get(name),
    backend: (name) => backends.get(name),
    topicOf: (pool) => capabilities.topicOf(pool),
    names: {
      commands: [...commands.keys()],
      queries: [...queries.keys()],
      tools: [...tools.keys()],
      backends: [...backends.keys()],
      kinds: [...kinds.keys()],
      pools: capabilities.pools,
    },
  };
}

function entries<T>(all: readonly T[], entryOf: (one: T) => [string, CatalogEntry]): ReadonlyMap<string, CatalogEntry> {
  return new Map(all.map(entryOf));
}
