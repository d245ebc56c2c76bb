import { Fault } from '../core/errors.ts';
import { isJsonObject, type JsonObject } from '../lib/json.ts';

/** The value of an argument that is JSON, when it is an object. @throws Fault BAD_INPUT with the path */
export function asObject(value: unknown, path: readonly string[]): JsonObject {
  if (isJsonObject(value)) return value;
  throw new Fault('BAD_INPUT', `${path.at(-1)} is an object of names and values.`, { path });
}
