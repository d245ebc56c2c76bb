import type { Cpu } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import { canonicalJson, type Json } from '../../lib/json.ts';
import type { ExpressionScope } from '../model/expression-scope.ts';
import { runExpression } from './expression-engine.ts';
import type { ExpressionTask } from './expression-task.ts';
import { ExpressionSyntaxError } from './lex-expression.ts';
import { type ParsedExpression, parseExpression, parseTemplate } from './parse-template.ts';
import { valueAtPath } from './plain-path.ts';
import { createSizeBudget, type SizeBudget } from './size-budget.ts';
import { parseBareExpression } from './template.ts';

/** CPU time of one expression in a worker. */
const EXPRESSION_TIMEOUT_MS = 2_000;
const ADVICE = 'An expression may not take longer. Use a transform step, whose limit is its timeout_ms.';
const TASK = new URL('./expression-task.ts', import.meta.url);

type Values = ReadonlyMap<string, Json>;
const NO_VALUES: Values = new Map();

/**
 * The value with every expression in its strings evaluated. A string that is exactly one `{{ expression }}` becomes
 * its value; in other strings values become text: objects and lists canonical JSON (RFC 8785), null nothing.
 * Keys are left as they are, and the result of an expression is not evaluated again.
 * @param cpu evaluates expressions that could block this thread (`map`, `select`, `range` and such); without it all are
 *   evaluated here, which is for trusted expressions only
 * @returns a promise only where `cpu` is needed
 * @throws Fault BAD_INPUT that names the expression, also for a name that is not defined; RESOURCE_TOO_LARGE
 */
export function evaluate(value: Json, scope: ExpressionScope, cpu?: Cpu): Json | Promise<Json> {
  return evaluateSlowFirst(slowExpressionsIn(value, cpu), scope, cpu, (values) =>
    renderTemplates(value, scope, values, createSizeBudget()),
  );
}

/**
 * The value of an expression, bare or in braces; of a list or an object as `evaluate` has it. For `for_each`.
 * @throws Fault as `evaluate` does
 */
export function evaluateExpression(expression: Json, scope: ExpressionScope, cpu?: Cpu): Json | Promise<Json> {
  if (typeof expression !== 'string') return evaluate(expression, scope, cpu);
  const parsed = parseBare(expression);
  const slow = cpu !== undefined && !parsed.linearTime ? [parsed] : [];
  return evaluateSlowFirst(slow, scope, cpu, (values) => evaluateParsed(parsed, scope, values));
}

/**
 * Whether an expression is true, as Jinja has it: not false, null, 0 or empty. For `when`.
 * @throws Fault as `evaluate` does
 */
export function evaluateCondition(expression: string, scope: ExpressionScope, cpu?: Cpu): boolean | Promise<boolean> {
  const value = evaluateExpression(expression, scope, cpu);
  return value instanceof Promise ? value.then(isTruthy) : isTruthy(value);
}

function isTruthy(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  return (Array.isArray(value) ? value : Object.keys(value)).length > 0;
}

function renderTemplates(value: Json, scope: ExpressionScope, values: Values, budget: SizeBudget): Json {
  if (typeof value === 'string') return value.includes('{{') ? renderTemplate(value, scope, values, budget) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => renderTemplates(one, scope, values, budget));
  const rendered = Object.entries(value).map(([name, one]) => [name, renderTemplates(one, scope, values, budget)]);
  return Object.fromEntries(rendered);
}

function renderTemplate(text: string, scope: ExpressionScope, values: Values, budget: SizeBudget): Json {
  const parts = parse(text);
  const evaluatePart = (part: ParsedExpression) => {
    const value = evaluateParsed(part, scope, values);
    budget.count(value);
    return value;
  };
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object') return evaluatePart(only);
  return parts.map((part) => (typeof part === 'string' ? part : asText(evaluatePart(part)))).join('');
}

function asText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? canonicalJson(value) : String(value);
}

function evaluateParsed(parsed: ParsedExpression, scope: ExpressionScope, values: Values): Json {
  const value = values.get(parsed.source);
  if (value !== undefined) return value;
  const variables = variablesOf(parsed, scope);
  const pathValue = parsed.path && valueAtPath(variables, parsed.path);
  return pathValue === undefined ? runExpression(parsed.source, variables) : pathValue;
}

/** Only what the expression refers to, because the engine copies its variables. */
function variablesOf({ references }: ParsedExpression, scope: ExpressionScope): Readonly<Record<string, unknown>> {
  const variables: Record<string, unknown> = Object.create(null);
  for (const name of references.inputs) if (Object.hasOwn(scope.inputs, name)) variables[name] = scope.inputs[name];
  if (references.dynamicStep) variables.steps = scope.steps;
  else if (references.steps.size > 0) {
    const steps: Record<string, unknown> = Object.create(null);
    for (const key of references.steps) if (Object.hasOwn(scope.steps, key)) steps[key] = scope.steps[key];
    variables.steps = steps;
  }
  if (references.run) variables.run = scope.run;
  if (references.item && scope.item !== undefined) variables.item = scope.item;
  if (references.index && scope.index !== undefined) variables.index = scope.index;
  if (references.repair && scope.repair !== undefined) variables.repair = scope.repair;
  return variables;
}

function slowExpressionsIn(value: Json, cpu: Cpu | undefined): readonly ParsedExpression[] {
  if (cpu === undefined) return [];
  if (typeof value === 'string') {
    if (!value.includes('{{')) return [];
    return parse(value).filter((part) => typeof part === 'object' && !part.linearTime) as ParsedExpression[];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((one) => slowExpressionsIn(one, cpu));
}

/** Evaluates the slow expressions one after the other, so that one document cannot occupy all workers. */
function evaluateSlowFirst<T>(
  slow: readonly ParsedExpression[],
  scope: ExpressionScope,
  cpu: Cpu | undefined,
  then: (values: Values) => T,
): T | Promise<T> {
  if (cpu === undefined || slow.length === 0) return then(NO_VALUES);
  return (async () => {
    const values = new Map<string, Json>();
    const budget = createSizeBudget();
    for (const parsed of slow) {
      if (values.has(parsed.source)) continue;
      const task = { source: parsed.source, variables: variablesOf(parsed, scope) };
      const options = { timeoutMs: EXPRESSION_TIMEOUT_MS, program: parsed.source, advice: ADVICE };
      const value = await cpu.run<ExpressionTask, Json>(TASK, task, options);
      budget.count(value);
      values.set(parsed.source, value);
    }
    return then(values);
  })();
}

function parse(text: string): readonly (string | ParsedExpression)[] {
  return syntaxFault(text, () => parseTemplate(text));
}

function parseBare(text: string): ParsedExpression {
  return syntaxFault(text, () => parseExpression(parseBareExpression(text)));
}

function syntaxFault<T>(text: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    throw new Fault('BAD_INPUT', `${shorten(text)} is not a valid expression: ${error.message}.`);
  }
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
