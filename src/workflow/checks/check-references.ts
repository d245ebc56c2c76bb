import type { Json } from '../../core/json.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { FILTERS, isQuick } from '../expressions/filters.ts';
import { ExpressionSyntax } from '../expressions/lex-expression.ts';
import { type Mentions, mentionsIn } from '../expressions/references.ts';
import { bareExpression, type Expression, splitText } from '../expressions/template.ts';
import type { InputSchema } from '../inputs/input-schema.ts';
import type { Message, Path, Problems } from '../model/problems.ts';
import type { ExpressionCheck } from './expression-checker.ts';

/** What may be named where expressions stand. */
export interface Place {
  readonly inputs: InputSchema;
  readonly steps: ReadonlySet<string>;
  readonly engine: ExpressionCheck;
  /** What it is called in messages: `Step rows`, `Output total`. */
  readonly name: string;
  readonly step?: string;
  readonly item: boolean;
  readonly repair: boolean;
  readonly run: boolean;
  /** It is worked out where it must not take long. */
  readonly quick?: true;
}

/** Members of a step that expressions see. */
const MEMBERS = ['output', 'resource', 'content', 'state', 'error', 'errors'];

/**
 * Checks every expression in the strings of a value.
 * @returns the steps that they mention, where these exist
 */
export function checkTree(value: Json | undefined, at: Path, place: Place, problems: Problems): ReadonlySet<string> {
  const steps = new Set<string>();
  const visit = (one: Json | undefined, path: Path): void => {
    if (typeof one === 'string') {
      if (one.includes('{{')) checkAll(() => splitText(one), path, place, problems, steps);
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
export function checkBare(text: string, at: Path, place: Place, problems: Problems): ReadonlySet<string> {
  const steps = new Set<string>();
  checkAll(() => [bareExpression(text)], at, place, problems, steps);
  return steps;
}

function checkAll(
  parse: () => readonly (string | Expression)[],
  at: Path,
  place: Place,
  problems: Problems,
  steps: Set<string>,
): void {
  if (place.engine.isOver) return;
  const tell = (message: Message, what = '') =>
    problems.error(
      () => `${place.name}: ${what}${typeof message === 'string' ? message : message()}`,
      at,
      stepOf(place),
    );
  try {
    for (const part of parse()) {
      if (typeof part === 'string') continue;
      place.engine.check(part.source);
      const found = mentionsIn(part);
      for (const message of wrongIn(found, place)) tell(message, `{{ ${part.source} }} `);
      if (place.quick && !isQuick(part.tokens))
        tell(`{{ ${part.source} }} may take too long here. Use simple filters.`);
      for (const key of found.steps) if (place.steps.has(key)) steps.add(key);
    }
  } catch (error) {
    if (error instanceof ExpressionSyntax) tell(`this is no expression: ${error.message}.`);
    else tell(error instanceof Error ? error.message : String(error));
  }
}

function wrongIn(found: Mentions, place: Place): readonly Message[] {
  const wrong: Message[] = [];
  for (const key of found.steps) {
    if (place.steps.has(key)) continue;
    wrong.push(() => {
      const there = place.steps.size === 0 ? ' No step can be named here.' : didYouMean(key, place.steps);
      return `names the step ${key}, which does not exist.${there}`;
    });
  }
  for (const member of found.members) {
    if (MEMBERS.includes(member)) continue;
    wrong.push(() => `takes ${member} of a step.${didYouMean(member, MEMBERS)} A step has ${MEMBERS.join(', ')}.`);
  }
  for (const name of found.filters) {
    if (!FILTERS.has(name))
      wrong.push(() => `uses the filter ${name}, which does not exist.${didYouMean(name, FILTERS)}`);
  }
  if (found.anyStep) wrong.push('does not tell which step. Write steps.ID or steps["ID"].');
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

function stepOf({ step }: Place): { readonly step?: string } {
  return step === undefined ? {} : { step };
}
