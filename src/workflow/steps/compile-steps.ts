import type { Effect, PlannedStep, RunPlan, StepBody, StepKind, StepOptions } from '../../core/run.ts';
import type { RetryPolicy } from '../../core/run-rules.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { containsExpression } from '../expressions/template.ts';
import { agentHasExpressions, agentInput } from '../inputs/agent-input.ts';
import { checkOptions } from '../inputs/check-options.ts';
import type { Catalog, CatalogEntry } from '../model/catalog.ts';
import { isWorkKind, type StepDraft, stepKindOf } from './step-draft.ts';

/** A step without its id, which each run adds. */
type StepTemplate = Omit<PlannedStep, 'id'>;

const DEFAULT_RETRY = { max_attempts: 3, backoff_ms: 200, max_backoff_ms: 30_000 };
const DEFAULT_REPAIR_ROUNDS = 3;
/** Kinds that no pool performs: the engine does, or a worker that the step names itself. */
const NOT_IN_POOLS: ReadonlySet<string> = new Set(['approval', 'sleep', 'signal', 'workflow', 'job']);

/** The step as planned. Its document must be valid. */
export function compileStep({ raw, key, title, dependsOn }: StepDraft, catalog: Catalog): StepTemplate {
  return { key, title, ...bodyOf(raw, catalog, optionsOf(raw, catalog)), dependsOn };
}

/** What a run has in addition to its steps. */
export function compilePlan(document: JsonObject): RunPlan {
  return omitUndefined<RunPlan>({
    maxParallel: document.max_parallel as number | undefined,
    maxParallelRuns: document.max_parallel_runs as number | undefined,
    outputs: document.outputs as JsonObject | undefined,
  });
}

function bodyOf(raw: JsonObject, catalog: Catalog, options: StepOptions): StepBody {
  const kind = stepKindOf(raw);
  const retry = isJsonObject(raw.retry) ? { ...DEFAULT_RETRY, ...raw.retry } : undefined;
  const { evaluate, idempotent, ...action } = actionOf(kind, raw, catalog);
  const topic = options.pool !== undefined && !NOT_IN_POOLS.has(kind) ? catalog.topicOf(options.pool) : undefined;
  // A job is recorded before it is sent, whatever it does.
  const act = topic === undefined ? action : { ...action, effect: 'external' as const };
  const mayRepeat = idempotent || (topic !== undefined && action.effect === 'pure');
  const terms: StepOptions = {
    ...(evaluate && { evaluate }),
    ...(retry && { retry: retryOf(retry) }),
    ...(mayRepeat && { idempotent: true }),
    ...(topic !== undefined && { topic }),
    ...(kind === 'workflow' && raw.version !== undefined && { version: raw.version as number | 'latest' }),
    ...options,
  };
  return {
    kind: kind.toUpperCase() as StepKind,
    ...act,
    maxAttempts: Number(retry?.max_attempts ?? 1),
    ...(Object.keys(terms).length > 0 && { terms }),
  };
}

/** The capability that a step calls, and its input. */
interface StepAction {
  readonly capability: string;
  readonly effect: Effect;
  readonly input: Json;
  readonly evaluate: boolean;
  readonly idempotent?: boolean | undefined;
}

function actionOf(kind: string, raw: JsonObject, catalog: Catalog): StepAction {
  if (kind === 'agent') return agentAction(raw, catalog);
  const capability = (raw[kind] as string | undefined) ?? kind;
  const entry = entryOf(kind, capability, catalog);
  const input = raw.input ?? {};
  const evaluate = containsExpression(input);
  return {
    capability,
    effect:
      (isJsonObject(input) && entry?.effectOf?.(input)) ||
      (entry?.effect ?? (isWorkKind(kind, catalog) ? 'external' : 'pure')),
    input: evaluate ? input : withDefaults(entry, input),
    evaluate,
    idempotent: entry?.idempotent,
  };
}

function agentAction(raw: JsonObject, catalog: Catalog): StepAction {
  const capability = String((raw.agent as JsonObject).backend);
  const entry = catalog.backend(capability);
  const input = agentInput(raw, entry) as unknown as Json;
  return { capability, effect: 'external', input, evaluate: agentHasExpressions(raw), idempotent: entry?.resumes };
}

function entryOf(kind: string, capability: string, catalog: Catalog): CatalogEntry | undefined {
  if (kind === 'command' || kind === 'query' || kind === 'tool') return catalog[kind](capability);
  return isWorkKind(kind, catalog) ? catalog.kind(kind) : undefined;
}

/** Fills in defaults; for an input without expressions. */
function withDefaults(entry: CatalogEntry | undefined, input: Json): Json {
  return entry && isJsonObject(input) ? checkOptions(entry.options, input).filled : input;
}

function retryOf(retry: JsonObject): RetryPolicy {
  return omitUndefined<RetryPolicy>({
    backoffMs: Math.min(Number(retry.backoff_ms), Number(retry.max_backoff_ms)),
    maxBackoffMs: Number(retry.max_backoff_ms),
    on: retry.on as RetryPolicy['on'] | undefined,
  });
}

/** The options of a step that a compensation does not have. */
function optionsOf(raw: JsonObject, catalog: Catalog): StepOptions {
  const { repair, cache, compensate } = raw;
  return omitUndefined<StepOptions>({
    outputMediaType: mediaTypeOf(raw.output_media_type),
    timeoutMs: raw.timeout_ms as number | undefined,
    idempotent: raw.idempotent === true ? true : undefined,
    when: raw.when === undefined ? undefined : String(raw.when),
    continueOnError: raw.continue_on_error === true ? true : undefined,
    forEach: raw.for_each,
    batch: raw.for_each === undefined ? undefined : (raw.batch as number | undefined),
    maxParallel: raw.for_each === undefined ? undefined : (raw.max_parallel as number | undefined),
    onItemFailure:
      raw.for_each === undefined ? undefined : (raw.on_item_failure as StepOptions['onItemFailure'] | undefined),
    compensate: isJsonObject(compensate) ? bodyOf(compensate, catalog, {}) : undefined,
    repair: isJsonObject(repair)
      ? { step: String(repair.step), maxRounds: Number(repair.max_rounds ?? DEFAULT_REPAIR_ROUNDS) }
      : undefined,
    pool: raw.pool as string | undefined,
    labels: raw.labels as JsonObject | undefined,
    cache: isJsonObject(cache) ? { key: String(cache.key), ttlMs: Number(cache.ttl_ms) } : undefined,
  });
}

function mediaTypeOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? (value.split(';')[0] ?? '').trim().toLowerCase() : undefined;
}

/** Without members that are undefined. */
function omitUndefined<T extends object>(object: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
