import type { Json } from '../../lib/json.ts';
import type { Token } from './lex-expression.ts';
import { type Expression, parseBareExpression, splitTemplate } from './template.ts';

/** What expressions refer to. */
export interface References {
  /** Keys of steps. */
  readonly steps: ReadonlySet<string>;
  /** What is taken of them, as in `steps.KEY.output`. */
  readonly members: ReadonlySet<string>;
  /** What values are passed through. */
  readonly filters: ReadonlySet<string>;
  /** Other names that must be known: inputs, and what is none. */
  readonly inputs: ReadonlySet<string>;
  readonly item: boolean;
  readonly index: boolean;
  readonly repair: boolean;
  readonly run: boolean;
  /** `steps` without a name after it, so that which one cannot be told. */
  readonly dynamicStep: boolean;
}

/** Names that expressions have for themselves; inputs are called otherwise. */
export const SCOPE_NAMES = ['steps', 'run', 'item', 'index', 'repair'] as const;

/** Words of the language. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  ...['true', 'false', 'none', 'True', 'False', 'None', 'and', 'or', 'not', 'in', 'is', 'if', 'else'],
]);

/** Functions of the language. They are no inputs where they are called. */
export const BUILTIN_FUNCTIONS: ReadonlySet<string> = new Set([
  'range',
  'dict',
  'namespace',
  'debug',
  'cycler',
  'joiner',
]);

/**
 * What the strings of a tree refer to.
 * @throws ExpressionSyntax for a string that cannot be taken apart
 */
export function referencesIn(value: Json): References {
  const found = createCollector();
  collectTree(value, found);
  return found;
}

/**
 * The same for `when` and `for_each`: a string is an expression whether it has braces or not.
 * @throws ExpressionSyntax
 */
export function referencesInExpression(expression: Json): References {
  if (typeof expression !== 'string') return referencesIn(expression);
  return referencesOf(parseBareExpression(expression));
}

type Collector = {
  -readonly [K in keyof References]: References[K] extends ReadonlySet<string> ? Set<string> : boolean;
};

function createCollector(): Collector {
  const none = { item: false, index: false, repair: false, run: false, dynamicStep: false };
  return { steps: new Set(), members: new Set(), filters: new Set(), inputs: new Set(), ...none };
}

function collectTree(value: Json, found: Collector): void {
  if (typeof value === 'string') {
    if (!value.includes('{{')) return;
    for (const part of splitTemplate(value)) if (typeof part === 'object') collect(part, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const one of Object.values(value)) collectTree(one, found);
  }
}

/** What one expression refers to. */
export function referencesOf(expression: Expression): References {
  const found = createCollector();
  collect(expression, found);
  return found;
}

/** Goes over the tokens and picks the names that stand for a value. */
function collect({ tokens }: Expression, found: Collector): void {
  for (const [i, token] of tokens.entries()) {
    if (token.type === 'name' && isSign(tokens[i - 1], '|')) found.filters.add(token.text);
    if (!isVariable(tokens, i)) continue;
    const { text } = token;
    if (text === 'steps') {
      const key = memberAfter(tokens, i + 1);
      const member = memberAfter(tokens, tokens[i + 1]?.text === '.' ? i + 3 : i + 4);
      if (key === undefined) found.dynamicStep = true;
      else found.steps.add(key);
      if (key !== undefined && member !== undefined) found.members.add(member);
    } else if (text === 'item' || text === 'index' || text === 'repair' || text === 'run') {
      found[text] = true;
    } else {
      found.inputs.add(text);
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
