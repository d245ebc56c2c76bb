import jsonata from 'jsonata';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { containsExpression } from '../expressions/template.ts';
import { agentTemplates } from '../inputs/agent-input.ts';
import { checkOptions, type OptionProblem } from '../inputs/check-options.ts';
import { checkTypes } from '../inputs/check-types.ts';
import type { Catalog, CatalogEntry } from '../model/catalog.ts';
import type { DocumentPath, Problems } from '../model/problems.ts';
import { KIND_SCHEMAS } from '../schema/workflow-schema.ts';
import { isWorkKind, stepKindOf } from '../steps/step-draft.ts';
import { checkAgent } from './check-agent.ts';

/** Longer expressions are parsed only when they run, in a worker. */
const MAX_CHECKED_CHARS = 8_192;

/** Why a text is not valid JSONata; undefined for a text that is, as far as is known before it runs. */
function jsonataProblem(expression: string): string | undefined {
  if (expression.length > MAX_CHECKED_CHARS) return undefined;
  try {
    jsonata(expression);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return 'it is nested too deeply';
    const { message = String(error), position } = error as { readonly message?: string; readonly position?: number };
    return `${message.slice(0, 200)}${position === undefined ? '' : `, at character ${position}`}`;
  }
}

export interface CapabilityDeps {
  readonly catalog: Catalog;
  readonly problems: Problems;
  /** What expressions may refer to; see `knownNames`. */
  readonly names: JsonObject;
}

/** Checks that what a step or a compensation calls exists and accepts its input, and that JSONata parses. */
export function checkCapability(body: JsonObject, at: DocumentPath, step: string, deps: CapabilityDeps): void {
  const kind = stepKindOf(body);
  checkKeys(kind, body, at, step, deps);
  if (kind === 'transform') checkTransform(body.input, [...at, 'input', 'expression'], step, deps.problems);
  else if (kind === 'agent') checkAgent(body.agent as JsonObject, [...at, 'agent'], step, deps);
  else if (kind === 'command' || kind === 'query' || kind === 'tool') checkNamed(kind, body, at, step, deps);
  else if (isWorkKind(kind, deps.catalog)) checkWork(kind, body, at, step, deps);
}

function checkNamed(
  kind: 'command' | 'query' | 'tool',
  body: JsonObject,
  at: DocumentPath,
  step: string,
  { catalog, problems, names }: CapabilityDeps,
): void {
  const name = String(body[kind]);
  const entry = catalog[kind](name);
  if (!entry) {
    const { commands, queries, tools } = catalog.names;
    const available = { command: commands, query: queries, tool: tools }[kind];
    const message = `Step ${step}: there is no ${kind} ${name}.${didYouMean(name, available)} Available: ${available.join(', ')}.`;
    problems.error(message, [...at, kind], { step });
  } else if (entry.composite) {
    const message = `Step ${step}: ${name} consists of other commands and cannot be a step. Write those commands as steps.`;
    problems.error(message, [...at, kind], { step });
  } else {
    checkInput(entry, `${kind === 'tool' ? 'arguments' : 'options'} of ${name}`, body, at, step, { problems, names });
  }
}

function checkWork(
  kind: string,
  body: JsonObject,
  at: DocumentPath,
  step: string,
  { catalog, problems, names }: CapabilityDeps,
): void {
  const entry = catalog.kind(kind);
  if (entry) checkInput(entry, `input of ${kind}`, body, at, step, { problems, names });
  else {
    const message = `Step ${step}: this server does not support steps of kind ${kind}. Set \`tool\` to the tool to call.`;
    problems.error(message, [...at, 'kind'], { step });
  }
}

function checkInput(
  entry: CatalogEntry,
  what: string,
  { input = {} }: JsonObject,
  at: DocumentPath,
  step: string,
  { problems, names }: Omit<CapabilityDeps, 'catalog'>,
): void {
  if (!isJsonObject(input)) return;
  const report = ({ path, message, key }: OptionProblem) =>
    problems.error(() => `Step ${step}, ${what}: ${message()}`, [...at, 'input', ...path], {
      step,
      ...(key && { key }),
    });
  checkOptions(entry.options, input).problems.forEach(report);
  checkTypes(entry.options, input, names).forEach(report);
}

/** Checks the types of the expressions in what the kind itself defines: `reason` of an approval, `role` of an agent. */
function checkKeys(
  kind: string,
  body: JsonObject,
  at: DocumentPath,
  step: string,
  { problems, names }: CapabilityDeps,
): void {
  const schema = KIND_SCHEMAS[kind];
  const keys = {
    ...(body.input !== undefined && { input: body.input }),
    ...(isJsonObject(body.agent) && { agent: agentTemplates(body.agent) }),
  };
  for (const { path, message } of schema ? checkTypes(schema, keys, names) : []) {
    problems.error(() => `Step ${step}: ${message()}`, [...at, ...path], { step });
  }
}

function checkTransform(input: Json | undefined, at: DocumentPath, step: string, problems: Problems): void {
  const expression = isJsonObject(input) ? input.expression : undefined;
  if (typeof expression !== 'string' || containsExpression(expression)) return;
  const problem = jsonataProblem(expression);
  if (problem !== undefined)
    problems.error(`Step ${step}: input.expression is not valid JSONata: ${problem}.`, at, { step });
}
