import type { JsonObject } from '../core/json.ts';
import type { ResourceInput } from '../core/resource.ts';
import type { AnyCommand } from './define-command.ts';
import { roleOf } from './options.ts';

/** What a call of a command reads, as far as its options tell. */
export interface Touched {
  readonly resources: readonly ResourceInput[];
  readonly schema?: string;
}

/** Goes by the roles of the top-level options. The options must have passed `validateOptions`. */
export function touches(command: AnyCommand, options: JsonObject): Touched {
  const resources: ResourceInput[] = [];
  let schema: string | undefined;
  for (const [name, property] of Object.entries(command.options.properties)) {
    const value = options[name];
    if (value === undefined) continue;
    const role = roleOf(property);
    if (role === 'resource') resources.push(value as unknown as ResourceInput);
    else if (role === 'uri') resources.push({ uri: value as string });
    else if (role === 'schema') schema = value as string;
  }
  return { resources, ...(schema !== undefined && { schema }) };
}
