import { GraphQLError, Kind, type ValueNode } from 'graphql';
import { Fault } from '../../../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../../lib/json.ts';
import { losesDigits, lossyNumberMessage } from '../../../../lib/lossy-numbers.ts';
import { builder } from './builder.ts';

/** Deeper values would exhaust the stack of recursive functions. */
const MAX_JSON_DEPTH = 64;

builder.scalarType('JSON', {
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  description: `Any JSON value (RFC 8259), nested at most ${MAX_JSON_DEPTH} levels. In a document it is written as a GraphQL value, which may contain variables.`,
  serialize: (value) => value as Json,
  parseValue: (value) => assertJson(value),
  parseLiteral: (node, variables) => literalToJson(node, variables ?? {}),
});

/**
 * The value, when it is JSON that is safe to copy.
 * @throws GraphQLError when it nests too deeply, contains the key `__proto__`, or is not JSON.
 */
function assertJson(value: unknown, depth = 0): Json {
  assertDepth(depth);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) {
    for (const item of value) assertJson(item, depth + 1);
    return value;
  }
  if (typeof value === 'object' && isPlain(value)) {
    for (const key of Object.keys(value)) {
      assertKey(key);
      assertJson((value as Record<string, unknown>)[key], depth + 1);
    }
    return value as Json;
  }
  throw new GraphQLError('A JSON value must consist of null, true, false, finite numbers, text, lists and objects.');
}

/** A literal of a document as JSON; its variables are replaced. @throws GraphQLError as `assertJson` does */
function literalToJson(node: ValueNode, variables: Readonly<Record<string, unknown>>, depth = 0): Json {
  assertDepth(depth);
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.BOOLEAN:
    case Kind.STRING:
    case Kind.ENUM:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      if (losesDigits(node.value)) throw new GraphQLError(lossyNumberMessage(node.value), { nodes: node });
      return Number(node.value);
    case Kind.LIST:
      return node.values.map((item) => literalToJson(item, variables, depth + 1));
    case Kind.OBJECT: {
      const object: Record<string, Json> = {};
      for (const { name, value } of node.fields) {
        assertKey(name.value);
        // A key whose variable has no value is omitted, as in an input object.
        if (value.kind === Kind.VARIABLE && variables[value.name.value] === undefined) continue;
        object[name.value] = literalToJson(value, variables, depth + 1);
      }
      return object;
    }
    case Kind.VARIABLE: {
      const value = variables[node.name.value] ?? null;
      return assertJson(value instanceof Date ? value.toISOString() : value, depth);
    }
  }
}

function assertDepth(depth: number): void {
  if (depth > MAX_JSON_DEPTH)
    throw new GraphQLError(`JSON may nest at most ${MAX_JSON_DEPTH} levels here. Put deeper data into a resource.`);
}

function assertKey(key: string): void {
  if (key === '__proto__') throw new GraphQLError('JSON must not contain the key "__proto__" here. Use another name.');
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The value of a JSON argument that must be an object. @throws Fault BAD_INPUT with the path */
export function requireJsonObject(value: unknown, path: readonly string[]): JsonObject {
  if (isJsonObject(value)) return value;
  throw new Fault('BAD_INPUT', `${path.at(-1)} must be an object of names and values.`, { path });
}
