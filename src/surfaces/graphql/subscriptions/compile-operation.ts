import {
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLNonNull,
  type GraphQLNullableOutputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  TypeNameMetaFieldDef,
  type ValidatedSubscriptionArgs,
} from 'graphql';
import type { Context } from '../request/context.ts';
import { collectFields } from './collect-fields.ts';
import { createTextBuffer, type TextBuffer } from './text-buffer.ts';

/**
 * The result for a root value, as JSON in UTF-8: byte for byte that of graphql. Undefined if graphql must execute the operation: a resolver
 * waits, a field fails, or a value does not fit its type.
 */
export type CompiledOperation = (rootValue: unknown, context: Context) => Uint8Array | undefined;

/** Reads a field of an object. */
type Read = (source: unknown, context: Context) => unknown;

/** Where a result is written to. */
interface Output {
  readonly buffer: TextBuffer;
  readonly context: Context;
}

/**
 * Writes a value as JSON. @throws what a `CompiledOperation` returns undefined for
 * @param text what comes before it and is not in the buffer yet @returns the same with the value
 */
type Write = (text: string, value: unknown, output: Output) => string;

/** One selection or more of the same field; their own selections are merged. */
type Nodes = readonly [FieldNode, ...FieldNode[]];

/** Reaches no caller, so it needs no stack, which costs more than the batch. */
const NOT_COVERED = new Error('graphql executes this');

/** From this length on, text moves to the buffer: many pieces in one text cost more than their bytes. */
const MAX_PENDING_CHARACTERS = 2_048;

/** Longer texts rarely repeat, and would stay in memory. */
const MAX_REPEATED_CHARACTERS = 64;

/** Is no value. */
const NOTHING = Symbol('nothing');

/** Resolvers that read it are not covered: it throws. */
const NO_INFO = undefined as unknown as GraphQLResolveInfo;

/** Nothing waits while a result is written, so all operations share it. */
const buffer = createTextBuffer();

/**
 * Compiles an operation with its variables, so that an event costs neither a resolution of its selections nor a tree of objects that is
 * serialized afterwards. Every error is left to graphql, and with it what becomes null.
 */
export function compileOperation(args: ValidatedSubscriptionArgs): CompiledOperation {
  let write: Write | undefined;
  return (rootValue, context) => {
    try {
      write ??= compileObject(args, subscriptionType(args), [args.operation], '{"data":');
      return buffer.finish(`${write('', rootValue, { buffer, context })}}`);
    } catch {
      buffer.clear();
      return undefined;
    }
  };
}

function subscriptionType({ schema }: ValidatedSubscriptionArgs): GraphQLObjectType {
  return schema.getSubscriptionType() ?? notCovered();
}

function compileObject(
  args: ValidatedSubscriptionArgs,
  type: GraphQLObjectType,
  nodes: readonly Pick<FieldNode, 'selectionSet'>[],
  prefix: string,
): Write {
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const grouped = collectFields(args, type, sets);
  if (!grouped || type.isTypeOf) return notCovered();
  let separator = `${prefix}{`;
  const fields = [...grouped].map(([key, nodesOfKey]) => {
    const field = compileField(args, type, nodesOfKey as unknown as Nodes, `${separator}${JSON.stringify(key)}:`);
    separator = ',';
    return field;
  });
  const end = fields.length === 0 ? `${prefix}{}` : '}';
  return (before, source, output) => {
    let text = before;
    for (const { name, read, write } of fields) {
      const value = read ? read(source, output.context) : (source as Record<string, unknown>)[name];
      text = write(text, value, output);
    }
    return text + end;
  };
}

function compileField(
  args: ValidatedSubscriptionArgs,
  parent: GraphQLObjectType,
  nodes: Nodes,
  prefix: string,
): { readonly name: string; readonly read: Read | undefined; readonly write: Write } {
  const name = nodes[0].name.value;
  if (name === TypeNameMetaFieldDef.name) {
    const written = prefix + JSON.stringify(parent.name);
    return { name, read: undefined, write: (text) => text + written };
  }
  const field = parent.getFields()[name] ?? notCovered();
  return { name, read: compileRead(args, field, nodes[0]), write: compileValue(args, field.type, nodes, prefix) };
}

/** Undefined for the property with the name of the field. A method is not covered: it is not a value of any type. */
function compileRead(
  args: ValidatedSubscriptionArgs,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): Read | undefined {
  const { resolve } = field;
  if (!resolve) return undefined;
  const values = getArgumentValues(field, node, args.variableValues);
  let isAsync = false;
  return (source, context) => {
    if (isAsync) return notCovered();
    const value = resolve(source, values, context, NO_INFO);
    if (!(value instanceof Promise)) return value;
    // From now on, what it reads is read once: by graphql.
    isAsync = true;
    value.catch(() => undefined);
    return notCovered();
  };
}

function compileValue(args: ValidatedSubscriptionArgs, type: GraphQLOutputType, nodes: Nodes, prefix: string): Write {
  if (isNonNullType(type)) return compilePresent(args, type.ofType, nodes, prefix);
  const write = compilePresent(args, type, nodes, prefix);
  const absent = `${prefix}null`;
  return (text, value, output) => (value == null ? text + absent : write(text, value, output));
}

/** For values other than null. */
function compilePresent(
  args: ValidatedSubscriptionArgs,
  type: Exclude<GraphQLOutputType, GraphQLNonNull<GraphQLNullableOutputType>>,
  nodes: Nodes,
  prefix: string,
): Write {
  if (isLeafType(type)) return compileLeaf(type, prefix);
  const write = isListType(type)
    ? compileList(args, type.ofType, nodes, prefix)
    : isAbstractType(type)
      ? compileAbstract(args, type, nodes, prefix)
      : compileObject(args, type, nodes, prefix);
  return (text, value, output) => (isPlainValue(value) ? write(text, value, output) : notCovered());
}

/** An object that is neither an error, which fails its field, nor a promise. */
function isPlainValue(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && !('then' in value);
}

function compileList(args: ValidatedSubscriptionArgs, type: GraphQLOutputType, nodes: Nodes, prefix: string): Write {
  const writeFirst = compileValue(args, type, nodes, '');
  const writeNext = compileValue(args, type, nodes, ',');
  const start = `${prefix}[`;
  return (before, list, output) => {
    if (!Array.isArray(list)) return notCovered();
    let text = before + start;
    let write = writeFirst;
    for (const item of list) {
      text = write(text, item, output);
      write = writeNext;
      if (text.length < MAX_PENDING_CHARACTERS) continue;
      output.buffer.add(text);
      text = '';
    }
    return `${text}]`;
  };
}

function compileAbstract(
  args: ValidatedSubscriptionArgs,
  type: GraphQLAbstractType,
  nodes: Nodes,
  prefix: string,
): Write {
  const { schema, typeResolver } = args;
  const resolveType = type.resolveType ?? typeResolver;
  const byType = new Map<unknown, Write>();
  const compile = (name: unknown): Write => {
    const runtimeType = typeof name === 'string' ? schema.getType(name) : undefined;
    if (!isObjectType(runtimeType) || !schema.isSubType(type, runtimeType)) return notCovered();
    const write = compileObject(args, runtimeType, nodes, prefix);
    byType.set(name, write);
    return write;
  };
  return (text, value, output) => {
    const name = resolveType(value, output.context, NO_INFO, type);
    return (byType.get(name) ?? compile(name))(text, value, output);
  };
}

/** What is written of the last value is kept: many events in a row have the same run, type, step and time. */
function compileLeaf(type: GraphQLLeafType, prefix: string): Write {
  let last: unknown = NOTHING;
  let lastTime: number | undefined;
  let written = '';
  return (text, value) => {
    if (value === last) return text + written;
    const time = value instanceof Date ? value.getTime() : undefined;
    if (time !== undefined && time === lastTime) return text + written;
    const piece = prefix + leafText(type, value);
    if (piece.length <= MAX_REPEATED_CHARACTERS) {
      written = piece;
      lastTime = time;
      // An object is not what it was when something has changed it.
      last = typeof value === 'object' ? NOTHING : value;
    }
    return text + piece;
  };
}

function leafText(type: GraphQLLeafType, value: unknown): string {
  if (value === undefined || (typeof value === 'object' && !isPlainValue(value))) return notCovered();
  const output = type.coerceOutputValue(value);
  if (typeof output === 'number' && Number.isFinite(output)) return `${output}`;
  return output == null ? notCovered() : (JSON.stringify(output) ?? notCovered());
}

function notCovered(): never {
  throw NOT_COVERED;
}
