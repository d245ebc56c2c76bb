import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';

/** Keywords whose members are schemas by name. */
const MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions', 'dependencies']);
/** Keywords whose value is data. */
const DATA = new Set(['const', 'enum', 'default', 'examples']);
/** The only name of a property that ajv passes over. */
const PROTO = '__proto__';
const PROTO_PATTERN = `^${PROTO}$`;

/**
 * The schema as ajv must see it: without the disabled keywords, and with a property `__proto__` as a pattern.
 * @param text of the schema
 */
export function rewriteSchema(schema: Json, text: string, disabled: ReadonlySet<string>): Json {
  return disabled.size > 0 || text.includes(PROTO) ? rewrite(schema, disabled) : schema;
}

function rewrite(schema: Json, disabled: ReadonlySet<string>): Json {
  if (Array.isArray(schema)) return schema.map((one) => rewrite(one, disabled));
  if (!isJsonObject(schema)) return schema;
  const keywords = Object.entries(schema).filter(([keyword]) => !disabled.has(keyword));
  const rewritten = fromEntries(
    keywords.map(([keyword, value]) => {
      if (DATA.has(keyword)) return [keyword, value];
      if (!MAPS.has(keyword) || !isJsonObject(value)) return [keyword, rewrite(value, disabled)];
      return [keyword, fromEntries(Object.entries(value).map(([name, one]) => [name, rewrite(one, disabled)]))];
    }),
  );
  const { properties, patternProperties } = rewritten;
  if (!isJsonObject(properties) || !Object.hasOwn(properties, PROTO)) return rewritten;
  const patterns = isJsonObject(patternProperties) ? patternProperties : {};
  const same = patterns[PROTO_PATTERN];
  const own = properties[PROTO] as Json;
  return {
    ...rewritten,
    patternProperties: { ...patterns, [PROTO_PATTERN]: same === undefined ? own : { allOf: [same, own] } },
  };
}

/** Keeps a key `__proto__`. */
function fromEntries(entries: readonly (readonly [string, Json])[]): JsonObject {
  return Object.fromEntries(entries);
}
