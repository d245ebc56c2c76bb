import { didYouMean } from '../../lib/did-you-mean.ts';
import type { Json } from '../../lib/json.ts';
import { FILTER_NAMES, isLinearTime } from '../expressions/filters.ts';
import { ExpressionSyntaxError } from '../expressions/lex-expression.ts';
import { type References, referencesOf } from '../expressions/references.ts';
import { type Expression, parseBareExpression, splitTemplate } from '../expressions/template.ts';
import type { InputSchema } from '../inputs/input-schema.ts';
import type { DocumentPath, ProblemMessage, Problems } from '../model/problems.ts';
import type { ExpressionChecker } from './expression-checker.ts';

/** What an expression may refer to at its place in the document. */
export interface ReferenceContext {
  readonly inputs: InputSchema;
  readonly steps: ReadonlySet<string>;
  readonly engine: ExpressionChecker;
  /** The subject of messages: `Step rows`, `outputs`. */
  readonly name: string;
  readonly step?: string;
  readonly item: boolean;
  readonly repair: boolean;
  readonly run: boolean;
  /** It is evaluated where it must not take long. */
  readonly linearTime?: true;
}

/** Members of a step that expressions can read. */
const STEP_MEMBERS = ['output', 'resource', 'content', 'state', 'error', 'errors'];

/**
 * Checks every expression in the strings of a value.
 * @returns the steps that they refer to, where these exist
 */
export function checkTemplates(
  value: Json | undefined,
  at: DocumentPath,
  context: ReferenceContext,
  problems: Problems,
): ReadonlySet<string> {
  const steps = new Set<string>();
  const visit = (one: Json | undefined, path: DocumentPath): void => {
    if (typeof one === 'string') {
      if (one.includes('{{')) checkParts(() => splitTemplate(one), path, context, problems, steps);
    } else if (Array.isArray(one)) {
      for (const [i, inner] of one.entries()) visit(inner, [...path, i]);
    } else if (typeof one === 'object' && one !== null) {
      for (const [name, inner] of Object.entries(one)) visit(inner, [...path, name]);
    }
  };
  visit(value, at);
  return steps;
}

/** The same for a text that is one expression, bare or in braces. */
export function checkBareExpression(
  text: string,
  at: DocumentPath,
  context: ReferenceContext,
  problems: Problems,
): ReadonlySet<string> {
  const steps = new Set<string>();
  checkParts(() => [parseBareExpression(text)], at, context, problems, steps);
  return steps;
}

function checkParts(
  parse: () => readonly (string | Expression)[],
  at: DocumentPath,
  context: ReferenceContext,
  problems: Problems,
  steps: Set<string>,
): void {
  if (context.engine.exhausted) return;
  const report = (message: ProblemMessage, what = '') =>
    problems.error(
      () => `${context.name}: ${what}${typeof message === 'string' ? message : message()}`,
      at,
      stepOf(context),
    );
  try {
    for (const part of parse()) {
      if (typeof part === 'string') continue;
      const references = referencesOf(part);
      // The engine would report these without a hint.
      if (references.filters.isSubsetOf(FILTER_NAMES)) context.engine.check(part.source);
      for (const message of referenceProblems(references, context)) report(message, `{{ ${part.source} }} `);
      if (context.linearTime && !isLinearTime(part.tokens))
        report(
          `{{ ${part.source} }} may take too long to evaluate here. Use only simple filters, such as length or join.`,
        );
      for (const key of references.steps) if (context.steps.has(key)) steps.add(key);
    }
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) report(`this is not a valid expression: ${error.message}.`);
    else report(error instanceof Error ? error.message : String(error));
  }
}

function referenceProblems(references: References, context: ReferenceContext): readonly ProblemMessage[] {
  const messages: ProblemMessage[] = [];
  for (const key of references.steps) {
    if (context.steps.has(key)) continue;
    messages.push(() => {
      const hint = context.steps.size === 0 ? ' Steps cannot be used here.' : didYouMean(key, context.steps);
      return `refers to the step ${key}, which does not exist.${hint}`;
    });
  }
  for (const member of references.members) {
    if (STEP_MEMBERS.includes(member)) continue;
    messages.push(
      () =>
        `reads ${member} of a step, which does not exist.${didYouMean(member, STEP_MEMBERS)} A step has ${STEP_MEMBERS.join(', ')}.`,
    );
  }
  for (const name of references.filters) {
    if (!FILTER_NAMES.has(name))
      messages.push(() => `uses the filter ${name}, which does not exist.${didYouMean(name, FILTER_NAMES)}`);
  }
  if (references.dynamicStep) messages.push('must say which step it refers to. Write steps.ID or steps["ID"].');
  for (const name of references.inputs) {
    if (context.inputs.names.has(name) || context.inputs.open) continue;
    messages.push(() => {
      const near = didYouMean(name, [...context.inputs.names, 'steps', 'run', 'item', 'index']);
      return `refers to ${name}, which is not an input.${near} Declare it under inputs.`;
    });
  }
  if ((references.item || references.index) && !context.item) {
    messages.push('refers to item or index, which exist only in the input of a step with for_each.');
  }
  if (references.repair && !context.repair) {
    messages.push('refers to repair, which exists only in steps that run again to repair another step.');
  }
  if (references.run && !context.run) messages.push('refers to run, which does not exist before the run starts.');
  return messages;
}

function stepOf({ step }: ReferenceContext): { readonly step?: string } {
  return step === undefined ? {} : { step };
}
