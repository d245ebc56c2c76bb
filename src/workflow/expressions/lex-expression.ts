/** A token of an expression. The text of a string is what is between its quotes, unescaped. */
export interface Token {
  readonly type: 'name' | 'string' | 'number' | 'sign';
  readonly text: string;
  /** Offsets in the source. */
  readonly from: number;
  readonly to: number;
}

/** Why a text is not a valid expression. */
export class ExpressionSyntaxError extends Error {}

const SPACE = /[ \t\r\n]+/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9]+)?)/y;
const STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y;
const SIGN = /\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=|.,:()[\]{}]/y;
const BRACKET_PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The tokens from an offset on: up to the end, or to the `}}` that closes an expression in braces. */
interface LexResult {
  readonly tokens: readonly Token[];
  /** Where the expression ends: the end of the text, or where `}}` begins. */
  readonly end: number;
}

/**
 * The tokens of an expression with balanced brackets, so that nothing in it can close a template around it.
 * @param inBraces it ends at the first `}}` outside strings and brackets; without one it is an error
 * @throws ExpressionSyntaxError
 */
export function lexExpression(text: string, from = 0, inBraces = false): LexResult {
  const tokens: Token[] = [];
  const open: string[] = [];
  for (let at = from; ; ) {
    at = matchAt(SPACE, text, at)?.to ?? at;
    if (inBraces && open.length === 0 && text.startsWith('}}', at)) return requireTokens(tokens, at);
    if (at >= text.length) {
      if (open.length > 0) throw new ExpressionSyntaxError(`${open.at(-1)} is never closed`);
      if (inBraces) throw new ExpressionSyntaxError('{{ is never closed by }}');
      return requireTokens(tokens, at);
    }
    const token = tokenAt(text, at);
    if (token.type === 'sign') balance(open, token.text);
    tokens.push(token);
    at = token.to;
  }
}

function requireTokens(tokens: readonly Token[], end: number): LexResult {
  if (tokens.length === 0) throw new ExpressionSyntaxError('it is empty');
  return { tokens, end };
}

function balance(open: string[], sign: string): void {
  if ('([{'.includes(sign)) open.push(sign);
  const opening = BRACKET_PAIRS[sign];
  if (opening !== undefined && open.pop() !== opening) throw new ExpressionSyntaxError(`${sign} closes nothing`);
}

function tokenAt(text: string, at: number): Token {
  const name = matchAt(NAME, text, at);
  if (name) return { type: 'name', ...name };
  const number = matchAt(NUMBER, text, at);
  if (number) return { type: 'number', ...number };
  const string = matchAt(STRING, text, at);
  if (string) return { type: 'string', ...string, text: unquote(string.text) };
  const sign = matchAt(SIGN, text, at);
  if (sign) return { type: 'sign', ...sign };
  const character = text.slice(at, at + 1);
  if (character === '"' || character === "'")
    throw new ExpressionSyntaxError(`the string that begins with ${character} is never closed`);
  throw new ExpressionSyntaxError(
    `${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))} has no meaning here`,
  );
}

function matchAt(pattern: RegExp, text: string, at: number): { text: string; from: number; to: number } | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text)?.[0];
  return match === undefined ? undefined : { text: match, from: at, to: at + match.length };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Handles the common escapes; any other escaped character is itself. Names of steps need no more. */
function unquote(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])/g, (_, escaped: string) =>
      escaped.length > 1 ? String.fromCharCode(Number.parseInt(escaped.slice(1), 16)) : (ESCAPES[escaped] ?? escaped),
    );
}
