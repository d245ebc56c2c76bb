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
  validateSubscriptionArgs,
  type ValidatedSubscriptionArgs,
  visit,
} from 'graphql';
import { Fault } from '../core/errors.ts';
import { canonicalJson } from '../core/json.ts';
import { callerScope } from './caller-scope.ts';
import { type Context, createContext, type GraphqlApp } from './context.ts';
import { formattedError, publicError } from './public-error.ts';

/** A result as its JSON, made once for all. Yoga asks a result for its text in the same way. */
export interface SharedResult {
  readonly stringify: () => string;
}

/** Live results. `return` ends it at once, also while a `next` is waiting. */
export type LiveResults = AsyncIterableIterator<SharedResult>;

export const TOKEN_EXPIRED = 'The token has expired. Sign in again and go on from your last cursor.';

/** graphql's `subscribe` for one operation, which was admitted. */
export type Subscribe = (args: ExecutionArgs) => Promise<LiveResults | ExecutionResult>;

/** The longest that setTimeout waits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * graphql's `subscribe`, with one execution and one serialization for all subscribers with the same document,
 * variables and visibility. The journal hands the same batch object to readers at the same place, so what was made of
 * it is found again by it, and is forgotten with it. Each subscriber pulls at its own pace; nothing waits for another.
 */
export function createSubscribe(schema: GraphQLSchema, app: GraphqlApp): Subscribe {
  const made = new WeakMap<object, Map<string, Promise<SharedResult>>>();

  const resultOf = (batch: object, key: string, args: ValidatedSubscriptionArgs): Promise<SharedResult> => {
    const known = made.get(batch) ?? new Map<string, Promise<SharedResult>>();
    if (known.size === 0) made.set(batch, known);
    let result = known.get(key);
    if (!result) {
      result = execute(app, batch, args);
      known.set(key, result);
    }
    return result;
  };

  return async (args: ExecutionArgs): Promise<LiveResults | ExecutionResult> => {
    const ctx = args.contextValue as Context;
    const stop = new AbortController();
    const contextValue: Context = { ...ctx, signal: stop.signal };
    const validated = validateSubscriptionArgs({
      ...args,
      schema,
      contextValue,
      hideSuggestions: app.config.mode !== 'development',
    });
    if (!('schema' in validated)) return { errors: validated.map((error) => publicError(error, app)) };
    const source = await createSourceEventStream(validated);
    if (!(Symbol.asyncIterator in source)) {
      return { ...source, errors: (source.errors ?? []).map((error) => publicError(error, app)) };
    }
    return open(source as AsyncIterable<object>, ctx, stop, (batch, key) => resultOf(batch, key, validated), keyOf(validated));
  };
}

function open(
  source: AsyncIterable<object>,
  ctx: Context,
  stop: AbortController,
  resultOf: (batch: object, key: string) => Promise<SharedResult>,
  operation: string,
): LiveResults {
  const { app, signal, draining } = ctx;
  const batches = source[Symbol.asyncIterator]();
  const closed = app.metrics.subscriptionOpened();
  let ended = false;
  let failure: Error | undefined;
  const end = () => {
    if (ended) return;
    ended = true;
    clearTimeout(expiry);
    signal.removeEventListener('abort', end);
    draining.removeEventListener('abort', drain);
    stop.abort();
    closed();
  };
  const cut = (why: Error) => {
    failure = why;
    stop.abort();
  };
  const drain = () => cut(new DOMException('The server is stopping.', 'AbortError'));
  const expiry = whenExpired(ctx, () => cut(new Fault('UNAUTHENTICATED', TOKEN_EXPIRED)));
  signal.addEventListener('abort', end, { once: true });
  draining.addEventListener('abort', drain, { once: true });
  if (signal.aborted) end();
  else if (draining.aborted) drain();

  let seen = visibilityOf(ctx);
  return {
    async next() {
      if (ended) return { done: true, value: undefined };
      try {
        const { done, value } = await batches.next();
        if (failure) throw failure;
        if (done || ended) {
          end();
          return { done: true, value: undefined };
        }
        // The source asked the policy whether it may hand this batch over; what is in it is under the same policy.
        if (seen.snapshot !== app.policy.snapshot()) seen = visibilityOf(ctx);
        return { done: false, value: await resultOf(value, seen.key + operation) };
      } catch (error) {
        end();
        throw error instanceof DOMException ? error : publicError(error, app);
      }
    },
    async return() {
      end();
      await batches.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function whenExpired({ principal, app }: Context, act: () => void): NodeJS.Timeout | undefined {
  if (principal.kind !== 'user' || !principal.expiresAt) return undefined;
  const ms = principal.expiresAt.getTime() - app.clock.now().getTime();
  return ms > LONGEST_TIMER_MS ? undefined : setTimeout(act, Math.max(0, ms)).unref();
}

async function execute(app: GraphqlApp, batch: object, args: ValidatedSubscriptionArgs): Promise<SharedResult> {
  const caller = args.contextValue as Context;
  // Shared with others, so it ends with nobody's subscription; and new, as that of a request is.
  const contextValue = createContext(app, caller, new AbortController().signal);
  const { data, errors } = await executeSubscriptionEvent({ ...args, rootValue: batch, contextValue });
  const formatted = errors?.map((error) => formattedError(publicError(error, app)));
  // Only the text is kept: a batch stays in the journal's memory for as long as somebody may still ask for it.
  const text = JSON.stringify({ ...(data !== undefined && { data }), ...(formatted && { errors: formatted }) });
  return { stringify: () => text };
}

/** Who sees the same: the same scope, roles and policy. */
function visibilityOf(ctx: Context): { readonly snapshot: string; readonly key: string } {
  const snapshot = ctx.app.policy.snapshot();
  const roles = ctx.principal.kind === 'anonymous' ? [] : [...ctx.principal.roles].sort();
  return { snapshot, key: canonicalJson([snapshot, callerScope(ctx), roles]) };
}

/** Equal for operations that make the same of a batch, wherever each of them began. */
function keyOf({ document, operation, rawVariableValues }: ValidatedSubscriptionArgs): string {
  const matters = innerVariables(document, operation);
  const used = Object.entries(rawVariableValues ?? {}).filter(([name]) => matters.has(name));
  return canonicalJson([document.loc?.source.body ?? '', operation.name?.value ?? '', Object.fromEntries(used)]);
}

/** Variables that are used below the root field; its own arguments only say what is read, and the batch is that. */
function innerVariables(document: DocumentNode, operation: OperationDefinitionNode): ReadonlySet<string> {
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
