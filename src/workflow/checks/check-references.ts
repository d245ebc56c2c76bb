import { didYouMean } from '../../lib/did-you-mean.ts';
import type { Json } from '../../lib/json.ts';
import { FILTER_NAMES, isLinearTime } from '../expressions/filters.ts';
import { ExpressionSyntaxError } from '../expressions/lex-expression.ts';
import { type References, referencesOf } from '../expressions/references.ts';
import { type Expression, parseBareExpression, splitTemplate } from '../expressions/template.ts';
import type { InputSchema } from '../inputs/input-schema.ts';
import type { DocumentPath, ProblemMessage, Problems } from '../model/problems.ts';
import type { ExpressionChecker } from './expression-checker.ts';

/** What may be named where expressions stand. */
export interface ReferenceContext {
  readonly inputs: InputSchema;
  readonly steps: ReadonlySet<string>;
  readonly engine: ExpressionChecker;
  /** What it is called in messages: `Step rows`, `Output total`. */
  readonly name: string;
  readonly step?: string;
  readonly item: boolean;
  readonly repair: boolean;
  readonly run: boolean;
  /** It is worked out where it must not take long. */
  readonly linearTime?: true;
}

/** Members of a step that expressions see. */
const STEP_MEMBERS = ['output', 'resource', 'content', 'state', 'error', 'errors'];

/**
 * Checks every expression in the strings of a value.
 * @returns the steps that they mention, where these exist
 */
export function checkTemplates(
  value: Json | undefined,
  at: DocumentPath,
  place: ReferenceContext,
  problems: Problems,
): ReadonlySet<string> {
  const steps = new Set<string>();
  const visit = (one: Json | undefined, path: DocumentPath): void => {
    if (typeof one === 'string') {
      if (one.includes('{{')) checkParts(() => splitTemplate(one), path, place, problems, steps);
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
  place: ReferenceContext,
  problems: Problems,
): ReadonlySet<string> {
  const steps = new Set<string>();
  checkParts(() => [parseBareExpression(text)], at, place, problems, steps);
  return steps;
}

function checkParts(
  parse: () => readonly (string | Expression)[],
  at: DocumentPath,
  place: ReferenceContext,
  problems: Problems,
  steps: Set<string>,
): void {
  if (place.engine.exhausted) return;
  const tell = (message: ProblemMessage, what = '') =>
    problems.error(
      () => `${place.name}: ${what}${typeof message === 'string' ? message : message()}`,
      at,
      stepOf(place),
    );
  try {
    for (const part of parse()) {
      if (typeof part === 'string') continue;
      place.engine.check(part.source);
      const found = referencesOf(part);
      for (const message of referenceProblems(found, place)) tell(message, `{{ ${part.source} }} `);
      if (place.linearTime && !isLinearTime(part.tokens))
        tell(`{{ ${part.source} }} may take too long here. Use simple filters.`);
      for (const key of found.steps) if (place.steps.has(key)) steps.add(key);
    }
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) tell(`this is no expression: ${error.message}.`);
    else tell(error instanceof Error ? error.message : String(error));
  }
}

function referenceProblems(found: References, place: ReferenceContext): readonly ProblemMessage[] {
  const wrong: ProblemMessage[] = [];
  for (const key of found.steps) {
    if (place.steps.has(key)) continue;
    wrong.push(() => {
      const there = place.steps.size === 0 ? ' No step can be named here.' : didYouMean(key, place.steps);
      return `names the step ${key}, which does not exist.${there}`;
    });
  }
  for (const member of found.members) {
    if (STEP_MEMBERS.includes(member)) continue;
    wrong.push(
      () => `takes ${member} of a step.${didYouMean(member, STEP_MEMBERS)} A step has ${STEP_MEMBERS.join(', ')}.`,
    );
  }
  for (const name of found.filters) {
    if (!FILTER_NAMES.has(name))
      wrong.push(() => `uses the filter ${name}, which does not exist.${didYouMean(name, FILTER_NAMES)}`);
  }
  if (found.dynamicStep) wrong.push('does not tell which step. Write steps.ID or steps["ID"].');
  for (const name of found.inputs) {
    if (place.inputs.names.has(name) || place.inputs.open) continue;
    wrong.push(() => {
      const near = didYouMean(name, [...place.inputs.names, 'steps', 'run', 'item', 'index']);
      return `names ${name}, which is no input.${near} Declare it under inputs.`;
    });
  }
  if ((found.item || found.index) && !place.item) {
    wrong.push('names item or index, which are known in the input of a step with for_each.');
  }
  if (found.repair && !place.repair) {
    wrong.push('names repair, which is known only in steps that are done again to mend another one.');
  }
  if (found.run && !place.run) wrong.push('names run, which is not known yet.');
  return wrong;
}

function stepOf({ step }: ReferenceContext): { readonly step?: string } {
  return step === undefined ? {} : { step };
}
