import type { JsonObject } from '../../../../lib/json.ts';
import type { GraphqlApp } from '../../request/context.ts';
import { commandCapability, plainSchema, queryCapabilities, stepKindViews, toolCapability } from './capabilities.ts';

/** What `Query.catalog` shows, as JSON with the same names. */
export function catalogJson({
  commands,
  tools,
  backends,
  kinds,
  resources,
}: Pick<GraphqlApp, 'commands' | 'tools' | 'backends' | 'kinds' | 'resources'>): JsonObject {
  const catalog = {
    commands: commands.map(commandCapability),
    queries: queryCapabilities,
    tools: tools.map(toolCapability),
    protocols: resources.protocols,
    agentBackends: backends.map(({ name, description, config }) => ({
      name: name.toUpperCase(),
      description,
      config: plainSchema(config),
    })),
    stepKinds: stepKindViews(kinds),
  };
  // Fields without a value are null in GraphQL and absent here.
  return catalog as unknown as JsonObject;
}
