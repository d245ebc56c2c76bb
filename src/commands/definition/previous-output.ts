import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { AnyCommand } from './define-command.ts';
import { optionRoleOf } from './options.ts';

/** Stands in a step's options for the URI of what the step before it made. Only the exact string counts. */
export const PREVIOUS_OUTPUT = '$previous.output';

/** True when it stands anywhere in the options. */
export function referencesPreviousOutput(options: Json): boolean {
  if (options === PREVIOUS_OUTPUT) return true;
  if (typeof options !== 'object' || options === null) return false;
  return Object.values(options).some(referencesPreviousOutput);
}

/**
 * The options with the URI in every place, however deep. An option of the command that takes a resource may be the
 * bare string; it becomes `{uri}`.
 */
export function substitutePreviousOutput(
  command: Pick<AnyCommand, 'options'>,
  options: JsonObject,
  uri: string,
): JsonObject {
  const place = (value: Json): Json => {
    if (value === PREVIOUS_OUTPUT) return uri;
    if (Array.isArray(value)) return value.map(place);
    return isJsonObject(value) ? mapObject(value, place) : value;
  };
  const { properties } = command.options;
  return mapObject(options, (value, name) => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const bare = value === PREVIOUS_OUTPUT && schema !== undefined && optionRoleOf(schema) === 'resource';
    return bare ? { uri } : place(value);
  });
}

function mapObject(object: JsonObject, map: (value: Json, name: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value, name)]));
}
