import { Fault } from '../core/errors.ts';
import type { ConcurrencyRule, FlowRules } from '../core/run-rules.ts';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { evaluate } from './expressions/evaluate.ts';
import { MAX_FLOW_KEY_CHARACTERS } from './model/workflow-limits.ts';

/** The keys of a document that say when its runs may begin. */
export const FLOW_KEYS = ['concurrency', 'rate', 'debounce'] as const;

const PERIOD_MS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** When a run with these inputs may begin; undefined for a document without such rules. @throws Fault BAD_INPUT for a key that is too long */
export function flowRulesOf(document: JsonObject, inputs: JsonObject): FlowRules | undefined {
  const { concurrency, rate, debounce } = document;
  const rules: FlowRules = {
    ...(isJsonObject(concurrency) && {
      concurrency: {
        key: keyOf('concurrency', concurrency.key, inputs),
        limit: concurrency.limit as number,
        overflow: (concurrency.overflow ?? 'queue') as ConcurrencyRule['overflow'],
      },
    }),
    ...(isJsonObject(rate) && {
      rate: {
        key: keyOf('rate', rate.key, inputs),
        limit: rate.limit as number,
        perMs: PERIOD_MS[rate.per as keyof typeof PERIOD_MS],
      },
    }),
    ...(isJsonObject(debounce) && {
      debounce: { key: keyOf('debounce', debounce.key, inputs), ms: debounce.ms as number },
    }),
  };
  return Object.keys(rules).length > 0 ? rules : undefined;
}

function keyOf(name: string, template: Json | undefined, inputs: JsonObject): string {
  const key = textOf(template, inputs) ?? '';
  if (key.length <= MAX_FLOW_KEY_CHARACTERS) return key;
  const message = `${name}.key of these inputs has ${key.length} characters; the maximum is ${MAX_FLOW_KEY_CHARACTERS}. Use a shorter one, such as an id.`;
  throw new Fault('BAD_INPUT', message, { path: ['inputs'] });
}

/** The text of a template over the inputs. */
export function textOf(template: Json | undefined, inputs: JsonObject): string | undefined {
  if (typeof template !== 'string') return undefined;
  const text = evaluate(template, { inputs, steps: {}, run: { id: '', labels: {} } });
  if (text instanceof Promise) throw new Fault('INTERNAL', 'A template of the inputs was not evaluated synchronously.');
  return typeof text === 'string' ? text : canonicalJson(text);
}
