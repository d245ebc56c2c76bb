import { FUNCTION_NAMES } from '../../lib/jinja/jinja.ts';
import type { Json } from '../../lib/json.ts';
import type { Token } from './lex-expression.ts';
import { type Expression, parseBareExpression, splitTemplate } from './template.ts';

/** What expressions refer to. */
export interface References {
  /** Keys of steps. */
  readonly steps: ReadonlySet<string>;
  /** Keys of steps whose output they read: they name it, or no member of the step. */
  readonly outputs: ReadonlySet<string>;
  /** Members of steps, as in `steps.KEY.output`. */
  readonly members: ReadonlySet<string>;
  readonly filters: ReadonlySet<string>;
  /** All other names: inputs, and names that do not exist. */
  readonly inputs: ReadonlySet<string>;
  readonly item: boolean;
  readonly index: boolean;
  readonly repair: boolean;
  readonly run: boolean;
  /** `steps` without a constant key after it: which step it is, is known only at run time. */
  readonly dynamicStep: boolean;
}

/** Names reserved for the scope; no input may have one of them. */
export const SCOPE_NAMES = ['steps', 'run', 'item', 'index', 'repair'] as const;

/** Keywords of the language. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  ...['true', 'false', 'none', 'True', 'False', 'None', 'and', 'or', 'not', 'in', 'is', 'if', 'else'],
]);

/** Functions of the language. Where one is called, its name is not an input. */
export const BUILTIN_FUNCTIONS: ReadonlySet<string> = new Set(FUNCTION_NAMES);

/**
 * What the expressions in all strings of a value refer to.
 * @throws ExpressionSyntaxError for a string that cannot be parsed
 */
export function referencesIn(value: Json): References {
  const references = createCollector();
  collectTree(value, references);
  return references;
}

/**
 * The same for `when` and `for_each`: a string is an expression whether it has braces or not.
 * @throws ExpressionSyntaxError
 */
export function referencesInExpression(expression: Json): References {
  if (typeof expression !== 'string') return referencesIn(expression);
  return referencesOf(parseBareExpression(expression));
}

type Collector = {
  -readonly [K in keyof References]: References[K] extends ReadonlySet<string> ? Set<string> : boolean;
};

function createCollector(): Collector {
  const flags = { item: false, index: false, repair: false, run: false, dynamicStep: false };
  return { steps: new Set(), outputs: new Set(), members: new Set(), filters: new Set(), inputs: new Set(), ...flags };
}

function collectTree(value: Json, references: Collector): void {
  if (typeof value === 'string') {
    if (!value.includes('{{')) return;
    for (const part of splitTemplate(value)) if (typeof part === 'object') collect(part, references);
  } else if (typeof value === 'object' && value !== null) {
    for (const one of Object.values(value)) collectTree(one, references);
  }
}

/** What one expression refers to. */
export function referencesOf(expression: Expression): References {
  const references = createCollector();
  collect(expression, references);
  return references;
}

/** Collects the names that stand for a value. */
function collect({ tokens }: Expression, references: Collector): void {
  for (const [i, token] of tokens.entries()) {
    if (token.type === 'name' && isSign(tokens[i - 1], '|')) references.filters.add(token.text);
    if (!isVariable(tokens, i)) continue;
    const { text } = token;
    if (text === 'steps') {
      const key = memberAfter(tokens, i + 1);
      const member = memberAfter(tokens, tokens[i + 1]?.text === '.' ? i + 3 : i + 4);
      if (key === undefined) references.dynamicStep = true;
      else references.steps.add(key);
      if (key !== undefined && member !== undefined) references.members.add(member);
      if (key !== undefined && (member ?? 'output') === 'output') references.outputs.add(key);
    } else if (text === 'item' || text === 'index' || text === 'repair' || text === 'run') {
      references[text] = true;
    } else {
      references.inputs.add(text);
    }
  }
}

function isVariable(tokens: readonly Token[], i: number): boolean {
  const token = tokens[i] as Token;
  if (token.type !== 'name' || RESERVED_WORDS.has(token.text)) return false;
  const before = tokens[i - 1];
  const after = tokens[i + 1];
  // A member, a filter, or the name of an argument.
  if (isSign(before, '.') || isSign(before, '|') || isSign(after, '=')) return false;
  if (isWord(before, 'is') || (isWord(before, 'not') && isWord(tokens[i - 2], 'is'))) return false;
  return !(isSign(after, '(') && BUILTIN_FUNCTIONS.has(token.text));
}

/** The name in `.name` or `["name"]`, when it begins there. */
function memberAfter(tokens: readonly Token[], at: number): string | undefined {
  const next = tokens[at + 1];
  if (isSign(tokens[at], '.') && next?.type === 'name') return next.text;
  const named = isSign(tokens[at], '[') && next?.type === 'string' && isSign(tokens[at + 2], ']');
  return named ? next.text : undefined;
}

function isSign(token: Token | undefined, sign: string): boolean {
  return token?.type === 'sign' && token.text === sign;
}

/** A word, unless it is the name of a member or a filter. */
function isWord(token: Token | undefined, word: string): boolean {
  return token?.type === 'name' && token.text === word;
}
