import type { ResourceInput } from '../../core/resource.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { AnyCommand } from './define-command.ts';
import { optionRoleOf } from './options.ts';

/** What the policy is asked about for JSON that stands in the options: that it is inline, not what it says. */
const INLINE_JSON: ResourceInput = { text: { text: '', mediaType: 'application/json' } };

/** What a call of a command reads, as far as its options tell. */
export interface OptionResources {
  readonly resources: readonly ResourceInput[];
  readonly schema?: string;
}

/** What a command reads that could name a resource and was given none: nothing but the options themselves. */
const OPTIONS_ONLY: ResourceInput = { text: { text: '' } };

/**
 * Goes by the roles of the top-level options; inline JSON counts as a separate source. Empty only for a command
 * that cannot name a resource at all. The options must have passed `validateOptions`.
 */
export function resourcesOfOptions(command: AnyCommand, options: JsonObject): OptionResources {
  const resources: ResourceInput[] = [];
  let schema: string | undefined;
  let couldRead = false;
  for (const [name, property] of Object.entries(command.options.properties)) {
    const value = options[name];
    const role = optionRoleOf(property);
    couldRead ||= role !== undefined && role !== 'schema';
    if (value === undefined) continue;
    if (role === 'resource') resources.push(value as unknown as ResourceInput);
    else if (role === 'uri') resources.push(...([value].flat() as string[]).map((uri) => ({ uri })));
    else if (role === 'json') resources.push(INLINE_JSON);
    else if (role === 'schema') schema = value as string;
  }
  if (resources.length === 0 && couldRead) resources.push(OPTIONS_ONLY);
  return { resources, ...(schema !== undefined && { schema }) };
}
