import { createHash } from 'node:crypto';
import {
  type ASTNode,
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  executeSubscriptionEvent,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type ValidatedSubscriptionArgs,
  validateSubscriptionArgs,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { Fault } from '../../../core/errors.ts';
import { canonicalJson } from '../../../lib/json.ts';
import { callerScope, requireUser } from '../request/caller-scope.ts';
import { type Context, createContext, type GraphqlApp } from '../request/context.ts';
import { formatError, publicError } from '../request/public-error.ts';
import { type CompiledOperation, compileOperation } from './compile-operation.ts';

/** A result as JSON, serialized once for all subscribers. */
export interface SharedResult {
  readonly bytes: Uint8Array;
  /** The last WebSocket frame of the result, and the ID of its operation. */
  frame?: { readonly id: string; readonly bytes: Buffer };
  /** The same as text; Yoga calls this on results. */
  readonly stringify: () => string;
}

/** Live results. `return` ends the stream immediately, even while a `next` is pending. */
export type ResultStream = AsyncIterableIterator<SharedResult, undefined>;

type Delivery = IteratorYieldResult<SharedResult>;
type StreamEnd = IteratorReturnResult<undefined>;
const END_OF_STREAM: StreamEnd = { done: true, value: undefined };

/** graphql's `subscribe` for one admitted operation. */
export type Subscribe = (args: ExecutionArgs) => Promise<ResultStream | ExecutionResult>;

/** Results are cached in the batch itself: a WeakMap would keep both until the next full garbage collection. */
const CACHED_RESULTS = Symbol('made');
interface CachedBatch {
  [CACHED_RESULTS]?: Map<string, Delivery | Promise<Delivery>>;
}

/** Documents with their variables, of which few are in use at a time. */
const MAX_COMPILED_OPERATIONS = 200;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * graphql's `subscribe`, with one execution and one serialization for all subscribers with the same document,
 * variables and visibility. The journal gives the same batch object to readers at the same position, so results are
 * cached in the batch and released with it. Each subscriber pulls at its own pace; none waits for another.
 */
export function createSubscribe(schema: GraphQLSchema, app: GraphqlApp): Subscribe {
  const compiled = new LRUCache<string, CompiledOperation>({ max: MAX_COMPILED_OPERATIONS });
  const compiledOf = (operationKey: string, args: ValidatedSubscriptionArgs): CompiledOperation => {
    const known = compiled.get(operationKey) ?? compileOperation(args);
    compiled.set(operationKey, known);
    return known;
  };
  const deliveryOf = (batch: CachedBatch, key: string, execute: () => Delivery | Promise<Delivery>) => {
    batch[CACHED_RESULTS] ??= new Map();
    const known = batch[CACHED_RESULTS];
    let delivery = known.get(key);
    if (!delivery) {
      delivery = execute();
      known.set(key, delivery);
    }
    return delivery;
  };

  return async (args: ExecutionArgs): Promise<ResultStream | ExecutionResult> => {
    const ctx = args.contextValue as Context;
    const stop = new AbortController();
    const validated = validateSubscriptionArgs({
      ...args,
      schema,
      contextValue: { ...ctx, signal: stop.signal },
      hideSuggestions: app.config.mode !== 'development',
    });
    if (!('schema' in validated)) return { errors: validated.map((error) => publicError(error, app)) };
    const source = await createSourceEventStream(validated);
    if (!(Symbol.asyncIterator in source)) {
      return { errors: (source.errors ?? []).map((error) => publicError(error, app)) };
    }
    const seenBy = visibilityKeyOf(ctx);
    let release: () => void;
    try {
      release = app.quotas.hold(requireUser(ctx), 'streams');
    } catch (error) {
      stop.abort();
      return { errors: [publicError(error, app)] };
    }
    const operation = operationKeyOf(validated);
    const writeResult = compiledOf(operation, validated);
    const batches = (source as AsyncIterable<object>)[Symbol.asyncIterator]();
    return openStream(batches, ctx, stop, {
      operationKey: operation,
      visibility: seenBy,
      release,
      deliver: (batch, key) => deliveryOf(batch, key, () => executeBatch(app, batch, validated, writeResult)),
    });
  };
}

interface StreamOptions {
  readonly operationKey: string;
  /** `visibilityOf` its caller. */
  readonly visibility: string;
  /** The result of a batch for all subscribers with this key. */
  deliver(batch: object, key: string): Delivery | Promise<Delivery>;
  /** Releases the principal's slot. */
  release(): void;
}

function openStream(
  batches: AsyncIterator<object>,
  ctx: Context,
  stop: AbortController,
  { operationKey: operation, visibility: seenBy, deliver, release }: StreamOptions,
): ResultStream {
  const { app, signal, draining } = ctx;
  let snapshot = app.policy.snapshot();
  let key = seenBy + operation;
  const uncount = app.metrics.subscriptionOpened();
  let ended = false;
  let failure: Error | undefined;
  const end = () => {
    if (ended) return;
    ended = true;
    unwatch();
    signal.removeEventListener('abort', end);
    draining.removeEventListener('abort', drain);
    stop.abort();
    uncount();
    release();
  };
  const cut = (why: Error) => {
    failure = why;
    stop.abort();
  };
  const drain = () => cut(new DOMException('The server is stopping.', 'AbortError'));
  const unwatch = app.authenticator.onInvalid(ctx.principal, ({ message }) =>
    cut(new Fault('UNAUTHENTICATED', `${message} Then continue from your last cursor.`)),
  );
  signal.addEventListener('abort', end, { once: true });
  draining.addEventListener('abort', drain, { once: true });
  if (signal.aborted) end();
  else if (draining.aborted) drain();

  const fail = (error: unknown): never => {
    end();
    throw error instanceof DOMException ? error : publicError(error, app);
  };
  const handOver = ({ done, value }: IteratorResult<object>): StreamEnd | Delivery | Promise<Delivery> => {
    if (failure) return fail(failure);
    if (done || ended) {
      end();
      return END_OF_STREAM;
    }
    try {
      // The source has asked the policy about this batch; its contents are under the same policy.
      if (snapshot !== app.policy.snapshot()) {
        snapshot = app.policy.snapshot();
        key = visibilityKeyOf(ctx) + operation;
      }
      const delivery = deliver(value, key);
      return delivery instanceof Promise ? delivery.catch(fail) : delivery;
    } catch (error) {
      return fail(error);
    }
  };

  return {
    next: () => (ended ? Promise.resolve(END_OF_STREAM) : batches.next().then(handOver, fail)),
    async return() {
      end();
      await batches.return?.();
      return END_OF_STREAM;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function executeBatch(
  app: GraphqlApp,
  batch: object,
  args: ValidatedSubscriptionArgs,
  writeResult: CompiledOperation,
): Delivery | Promise<Delivery> {
  const caller = args.contextValue as Context;
  // Shared, so it does not end with any one subscription; and new, like that of a request.
  const newContext = () => createContext(app, caller, new AbortController().signal);
  const bytes = writeResult(batch, newContext());
  if (bytes) return toDelivery(bytes);
  const serialize = ({ data, errors }: ExecutionResult): Delivery => {
    const formatted = errors?.map((error) => formatError(publicError(error, app)));
    const result = { ...(data !== undefined && { data }), ...(formatted && { errors: formatted }) };
    return toDelivery(encoder.encode(JSON.stringify(result)));
  };
  const result = executeSubscriptionEvent({ ...args, rootValue: batch, contextValue: newContext() });
  return result instanceof Promise ? result.then(serialize) : serialize(result);
}

function toDelivery(bytes: Uint8Array): Delivery {
  return { done: false, value: { bytes, stringify: () => decoder.decode(bytes) } };
}

/** Equal for callers who see the same: same scope, roles and policy. */
function visibilityKeyOf(ctx: Context): string {
  const roles = ctx.principal.kind === 'anonymous' ? [] : [...ctx.principal.roles].sort();
  return canonicalJson([ctx.app.policy.snapshot(), callerScope(ctx), roles]);
}

/** Equal for operations with the same result for a batch, wherever each of them started. */
function operationKeyOf({ document, operation, rawVariableValues }: ValidatedSubscriptionArgs): string {
  const matters = variablesBelowRoot(document, operation);
  const used = Object.entries(rawVariableValues ?? {}).filter(([name]) => matters.has(name));
  const all = canonicalJson([document.loc?.source.body ?? '', operation.name?.value ?? '', Object.fromEntries(used)]);
  return createHash('sha256').update(all).digest('base64');
}

/** Variables used below the root field; arguments of the root field only select the batch. */
function variablesBelowRoot(document: DocumentNode, operation: OperationDefinitionNode): ReadonlySet<string> {
  const names = new Set<string>();
  const collect = (node: ASTNode | undefined) => {
    if (node) visit(node, { Variable: ({ name }) => void names.add(name.value) });
  };
  for (const selection of operation.selectionSet.selections) {
    if (selection.kind === Kind.FIELD) collect(selection.selectionSet);
    else collect(selection);
  }
  for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) collect(definition);
  return names;
}
