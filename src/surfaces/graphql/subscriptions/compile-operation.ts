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

/** Writes a value as JSON, after a prefix. @throws what a `CompiledOperation` returns undefined for */
type Write = (value: unknown, output: Output) => void;

/** One selection or more of the same field; their own selections are merged. */
type Nodes = readonly [FieldNode, ...FieldNode[]];

/** Reaches no caller, so it needs no stack, which costs more than the batch. */
const NOT_COVERED = new Error('graphql executes this');

/** Longer texts rarely repeat, and would stay in memory. */
const MAX_REPEATED_CHARACTERS = 64;

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
      write(rootValue, { buffer, context });
      buffer.text += '}';
      return buffer.take();
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
  return (source, output) => {
    const { context } = output;
    for (const { read, write } of fields) write(read(source, context), output);
    output.buffer.text += end;
  };
}

function compileField(
  args: ValidatedSubscriptionArgs,
  parent: GraphQLObjectType,
  nodes: Nodes,
  prefix: string,
): { readonly read: Read; readonly write: Write } {
  const name = nodes[0].name.value;
  if (name === TypeNameMetaFieldDef.name) {
    return { read: () => undefined, write: always(prefix + JSON.stringify(parent.name)) };
  }
  const field = parent.getFields()[name] ?? notCovered();
  return { read: compileRead(args, field, nodes[0]), write: compileValue(args, field.type, nodes, prefix) };
}

function always(text: string): Write {
  return (_, { buffer }) => {
    buffer.text += text;
  };
}

function compileRead(args: ValidatedSubscriptionArgs, field: GraphQLField<unknown, unknown>, node: FieldNode): Read {
  const { name, resolve } = field;
  if (resolve) {
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
  return (source) => {
    const value = (source as Record<string, unknown>)[name];
    return typeof value === 'function' ? notCovered() : value;
  };
}

function compileValue(args: ValidatedSubscriptionArgs, type: GraphQLOutputType, nodes: Nodes, prefix: string): Write {
  if (isNonNullType(type)) return compilePresent(args, type.ofType, nodes, prefix);
  const write = compilePresent(args, type, nodes, prefix);
  const writeNull = always(`${prefix}null`);
  return (value, output) => (value == null ? writeNull : write)(value, output);
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
  return (value, output) => (isPlainValue(value) ? write(value, output) : notCovered());
}

/** An object that is neither an error, which fails its field, nor a promise. */
function isPlainValue(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && !('then' in value);
}

function compileList(args: ValidatedSubscriptionArgs, type: GraphQLOutputType, nodes: Nodes, prefix: string): Write {
  const writeFirst = compileValue(args, type, nodes, '');
  const writeNext = compileValue(args, type, nodes, ',');
  const start = `${prefix}[`;
  return (list, output) => {
    if (!Array.isArray(list)) return notCovered();
    output.buffer.text += start;
    let write = writeFirst;
    for (const item of list) {
      write(item, output);
      write = writeNext;
      output.buffer.encode();
    }
    output.buffer.text += ']';
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
  return (value, output) => {
    const name = resolveType(value, output.context, NO_INFO, type);
    (byType.get(name) ?? compile(name))(value, output);
  };
}

/** The text of the last value is kept: many events in a row have the same run, type, step and time. */
function compileLeaf(type: GraphQLLeafType, prefix: string): Write {
  let last: unknown;
  let lastTime: number | undefined;
  let text = '';
  return (value, { buffer }) => {
    const time = value instanceof Date ? value.getTime() : undefined;
    const isRepeated = time === undefined ? value === last && value !== undefined : time === lastTime;
    if (isRepeated) {
      buffer.text += text;
      return;
    }
    const written = prefix + leafText(type, value);
    buffer.text += written;
    if (written.length > MAX_REPEATED_CHARACTERS) return;
    text = written;
    lastTime = time;
    // An object is not what it was when something has changed it.
    last = typeof value === 'object' ? undefined : value;
  };
}

function leafText(type: GraphQLLeafType, value: unknown): string {
  if (typeof value === 'object' && !isPlainValue(value)) return notCovered();
  const output = type.coerceOutputValue(value);
  if (typeof output === 'number' && Number.isFinite(output)) return `${output}`;
  return output == null ? notCovered() : (JSON.stringify(output) ?? notCovered());
}

function notCovered(): never {
  throw NOT_COVERED;
}
