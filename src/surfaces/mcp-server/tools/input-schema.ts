import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { isJsonObject, type Json, type JsonObject } from '../../../lib/json.ts';

/** Keywords whose value is data, not a schema. */
const DATA_KEYWORDS = new Set(['default', 'const', 'enum', 'examples']);

/**
 * A schema as callers have to know it: what has a default need not be given, because it is filled in before the schema
 * is looked at. Everything else, unknown keywords too, stays as it is.
 */
export function inputSchema(schema: object): Tool['inputSchema'] {
  // Through text, which leaves TypeBox's symbols out.
  const plain = JSON.parse(JSON.stringify(schema)) as JsonObject;
  return { ...withoutDefaultedRequired(plain), type: 'object' };
}

function withoutDefaultedRequired(schema: JsonObject): JsonObject {
  const { properties, required } = schema;
  const defaulted = (name: Json) => {
    const property = isJsonObject(properties) && typeof name === 'string' ? properties[name] : undefined;
    return isJsonObject(property) && Object.hasOwn(property, 'default');
  };
  const inner = Object.entries(schema).map(
    ([key, value]) => [key, DATA_KEYWORDS.has(key) ? value : transformSchemas(value)] as const,
  );
  return {
    ...Object.fromEntries(inner),
    ...(Array.isArray(required) && { required: required.filter((name) => !defaulted(name)) }),
  };
}

function transformSchemas(value: Json): Json {
  if (Array.isArray(value)) return value.map(transformSchemas);
  return isJsonObject(value) ? withoutDefaultedRequired(value) : value;
}
