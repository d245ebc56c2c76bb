import type { JsonObject } from '../../../../lib/json.ts';
import type { GraphqlApp } from '../../request/context.ts';
import { STEP_KIND_VALUES } from '../steps/step-kind.ts';
import { commandCapability, plainSchema, queryCapabilities, toolCapability } from './capabilities.ts';

/** What `Query.catalog` shows, as JSON with the same names. */
export function catalogJson({
  commands,
  tools,
  backends,
  resources,
}: Pick<GraphqlApp, 'commands' | 'tools' | 'backends' | 'resources'>): JsonObject {
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
    stepKinds: Object.entries(STEP_KIND_VALUES).map(([kind, { description }]) => ({ kind, description })),
  };
  // Fields without a value are null in GraphQL and absent here.
  return catalog as unknown as JsonObject;
}
