import type { Json } from '../json.ts';
import { evaluate } from './evaluate.ts';
import { MissingTemplateError, renderTemplate } from './execute.ts';
import { Frame, Output, type Rendering, Scope } from './frame.ts';
import { parseTemplate } from './syntax/parse-template.ts';
import type { Expression, Template, Whitespace } from './syntax/syntax.ts';
import { Budget, type Limits } from './values/budget.ts';
import { JinjaError } from './values/errors.ts';
import { toJson } from './values/json-values.ts';
import { type Mapping, Undefined } from './values/values.ts';

export { FILTERS } from './filters/filters.ts';
export { FUNCTION_NAMES } from './functions.ts';
export { parseExpressionText } from './syntax/parse-template.ts';
export type { Expression } from './syntax/syntax.ts';
export { JinjaError } from './values/errors.ts';
export { readJsonValue } from './values/json-values.ts';
export type { Mapping } from './values/values.ts';

export interface RenderOptions extends Whitespace, Limits {
  /** Whether `{{ }}` escapes HTML. */
  readonly autoescape: boolean;
  /** Whether using what is not defined is an error. */
  readonly strict: boolean;
}

/**
 * Renders a template that reaches no other one.
 * @param name for messages
 * @throws JinjaError with the line; RangeError for a template that overflows the stack
 */
export function renderJinja(name: string, source: string, variables: Mapping, options: RenderOptions): string {
  return render(parse(name, source, options), missing, variables, options);
}

/**
 * Renders one of the templates, which may include, import and extend each other.
 * @param sources by name
 * @throws as `renderJinja` does
 */
export function renderJinjaTemplate(
  sources: ReadonlyMap<string, string>,
  name: string,
  variables: Mapping,
  options: RenderOptions,
): string {
  const templates = new Map<string, Template>();
  const load = (wanted: string): Template => {
    const source = sources.get(wanted);
    if (source === undefined) throw new MissingTemplateError(wanted);
    const template = templates.get(wanted) ?? parse(wanted, source, options);
    templates.set(wanted, template);
    return template;
  };
  return render(load(name), load, variables, options);
}

function missing(name: string): never {
  throw new MissingTemplateError(name);
}

function render(template: Template, load: Rendering['load'], variables: Mapping, options: RenderOptions): string {
  const { strict, autoescape } = options;
  const rendering: Rendering = { budget: new Budget(options), strict, load, template: template.name, line: 1 };
  const frame = frameOf(rendering, variables, autoescape, template.name);
  try {
    renderTemplate(template, frame);
  } catch (error) {
    if (!(error instanceof JinjaError) || error.place !== undefined) throw error;
    throw error.at(rendering.template, rendering.line);
  }
  return frame.out.text;
}

/**
 * The value of an expression; undefined for what is not defined. Using what is not defined is an error.
 * @throws JinjaError; RangeError for an expression that overflows the stack
 */
export function evaluateJinja(expression: Expression, variables: Mapping, limits: Limits): Json | undefined {
  const budget = new Budget(limits);
  const rendering = { budget, strict: true, load: missing, template: '', line: 1 };
  const value = evaluate(expression, frameOf(rendering, variables, false, ''));
  return value instanceof Undefined ? undefined : toJson(value, budget);
}

function frameOf(rendering: Rendering, variables: Mapping, autoescape: boolean, template: string): Frame {
  const top = new Scope(undefined, variables);
  const inheritance = { blocks: new Map() };
  return new Frame({ rendering, scope: top, top, out: new Output(), autoescape, inheritance, template });
}

function parse(name: string, source: string, whitespace: Whitespace): Template {
  try {
    return parseTemplate(name, source, whitespace);
  } catch (error) {
    throw error instanceof JinjaError ? error.at(name, error.line ?? 1) : error;
  }
}
