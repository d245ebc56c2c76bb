import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { PlannedStep, RetryRule, RunPlan, StepBody, StepKind, StepTerms } from '../core/run.ts';
import { checkOptions } from './check-options.ts';
import { holdsExpression } from './expression-parts.ts';
import type { Catalog, CatalogEntry } from './plan.ts';
import type { StepDraft } from './step-draft.ts';

/** A step as every run of the document has it; what a run adds is the id. */
export type Blueprint = Omit<PlannedStep, 'id'>;

const RETRY = { max_attempts: 3, backoff_ms: 200, max_backoff_ms: 30_000 };
const REPAIR_ROUNDS = 3;

/** The step as planned. Its document has no problem, or this is of no use. */
export function compileStep({ raw, key, title, dependsOn }: StepDraft, catalog: Catalog): Blueprint {
  return { key, title, ...bodyOf(raw, catalog, optionsOf(raw, catalog)), dependsOn };
}

/** What the run has beside its steps. */
export function compilePlan(document: JsonObject): RunPlan {
  return defined<RunPlan>({
    maxParallel: document.max_parallel as number | undefined,
    maxParallelRuns: document.max_parallel_runs as number | undefined,
    outputs: document.outputs as JsonObject | undefined,
  });
}

function bodyOf(raw: JsonObject, catalog: Catalog, options: StepTerms): StepBody {
  const name = raw.kind as string;
  const capability = (raw[name] as string | undefined) ?? name;
  const entry =
    name === 'command' ? catalog.command(capability) : name === 'query' ? catalog.query(capability) : undefined;
  const input = raw.input ?? {};
  const evaluate = holdsExpression(input);
  const rule = isJsonObject(raw.retry) ? { ...RETRY, ...raw.retry } : undefined;
  const terms: StepTerms = {
    ...(evaluate && { evaluate }),
    ...(rule && { retry: retryOf(rule) }),
    ...options,
  };
  return {
    kind: name.toUpperCase() as StepKind,
    capability,
    effect: name === 'command' ? (entry?.effect ?? 'external') : 'pure',
    input: evaluate ? input : filled(entry, input),
    maxAttempts: Number(rule?.max_attempts ?? 1),
    ...(Object.keys(terms).length > 0 && { terms }),
  };
}

/** With the defaults of its options, where there is nothing left to work out. */
function filled(entry: CatalogEntry | undefined, input: Json): Json {
  return entry && isJsonObject(input) ? checkOptions(entry.options, input).filled : input;
}

function retryOf(rule: JsonObject): RetryRule {
  return defined<RetryRule>({
    backoffMs: Math.min(Number(rule.backoff_ms), Number(rule.max_backoff_ms)),
    maxBackoffMs: Number(rule.max_backoff_ms),
    on: rule.on as RetryRule['on'] | undefined,
  });
}

/** The options that a compensation does not have. */
function optionsOf(raw: JsonObject, catalog: Catalog): StepTerms {
  const { repair, cache, compensate } = raw;
  return defined<StepTerms>({
    outputMediaType: mediaTypeOf(raw.output_media_type),
    timeoutMs: raw.timeout_ms as number | undefined,
    idempotent: raw.idempotent === true ? true : undefined,
    when: raw.when === undefined ? undefined : String(raw.when),
    continueOnError: raw.continue_on_error === true ? true : undefined,
    forEach: raw.for_each,
    maxParallel: raw.for_each === undefined ? undefined : (raw.max_parallel as number | undefined),
    onItemFailure:
      raw.for_each === undefined ? undefined : (raw.on_item_failure as StepTerms['onItemFailure'] | undefined),
    compensate: isJsonObject(compensate) ? bodyOf(compensate, catalog, {}) : undefined,
    repair: isJsonObject(repair)
      ? { step: String(repair.step), maxRounds: Number(repair.max_rounds ?? REPAIR_ROUNDS) }
      : undefined,
    pool: raw.pool as string | undefined,
    labels: raw.labels as JsonObject | undefined,
    cache: isJsonObject(cache) ? { key: String(cache.key), ttlMs: Number(cache.ttl_ms) } : undefined,
  });
}

function mediaTypeOf(given: Json | undefined): string | undefined {
  return typeof given === 'string' ? (given.split(';')[0] ?? '').trim().toLowerCase() : undefined;
}

/** Without the members that are undefined: an option that is not given is no option. */
function defined<T extends object>(object: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
