import { FILTERS } from '../filters/filters.ts';
import { TESTS } from '../filters/tests.ts';
import { toInt } from '../values/numbers.ts';
import { Float } from '../values/values.ts';
import type { ArgumentList, Comparison, Expression, FilterExpression } from './syntax.ts';
import type { TokenStream } from './token-stream.ts';

const CONSTANTS: ReadonlyMap<string, null | boolean> = new Map([
  ...(['true', 'True'] as const).map((name) => [name, true] as const),
  ...(['false', 'False'] as const).map((name) => [name, false] as const),
  ...(['none', 'None'] as const).map((name) => [name, null] as const),
]);
const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];
const NO_ARGUMENTS: ArgumentList = { positional: [], named: [] };

/** The grammar and the precedence of Jinja2 3.1. @throws JinjaError */
export function parseExpression(stream: TokenStream): Expression {
  return stream.nested(() => parseConditional(stream));
}

function parseConditional(stream: TokenStream): Expression {
  let expression = parseOr(stream);
  while (stream.skipName('if')) {
    const test = parseOr(stream);
    const otherwise = stream.skipName('else') ? parseExpression(stream) : undefined;
    expression = { type: 'conditional', test, consequent: expression, ...(otherwise && { otherwise }) };
  }
  return expression;
}

/** Without `if … else`, which in a loop begins its condition. */
export function parseOr(stream: TokenStream): Expression {
  let left = parseAnd(stream);
  while (stream.skipName('or')) left = { type: 'or', left, right: parseAnd(stream) };
  return left;
}

function parseAnd(stream: TokenStream): Expression {
  let left = parseNot(stream);
  while (stream.skipName('and')) left = { type: 'and', left, right: parseNot(stream) };
  return left;
}

function parseNot(stream: TokenStream): Expression {
  if (!stream.skipName('not')) return parseComparison(stream);
  return stream.nested(() => ({ type: 'not', operand: parseNot(stream) }));
}

function parseComparison(stream: TokenStream): Expression {
  const first = parseSum(stream);
  const rest: Comparison[] = [];
  for (;;) {
    let operator: string;
    if (stream.isSign(...COMPARISONS)) operator = stream.next().text;
    else if (stream.skipName('in')) operator = 'in';
    else if (stream.isName('not') && stream.following.type === 'name' && stream.following.text === 'in') {
      stream.next();
      stream.next();
      operator = 'not in';
    } else break;
    rest.push({ operator, operand: parseSum(stream) });
  }
  return rest.length === 0 ? first : { type: 'compare', first, rest };
}

function parseSum(stream: TokenStream): Expression {
  let left = parseConcat(stream);
  while (stream.isSign('+', '-')) {
    const operator = stream.next().text;
    left = { type: 'arithmetic', operator, left, right: parseConcat(stream) };
  }
  return left;
}

function parseConcat(stream: TokenStream): Expression {
  const parts = [parseProduct(stream)];
  while (stream.skipSign('~')) parts.push(parseProduct(stream));
  return parts.length === 1 ? (parts[0] as Expression) : { type: 'concat', parts };
}

function parseProduct(stream: TokenStream): Expression {
  let left = parsePower(stream);
  while (stream.isSign('*', '/', '//', '%')) {
    const operator = stream.next().text;
    left = { type: 'arithmetic', operator, left, right: parsePower(stream) };
  }
  return left;
}

function parsePower(stream: TokenStream): Expression {
  let left = parseUnary(stream, true);
  while (stream.skipSign('**')) left = { type: 'arithmetic', operator: '**', left, right: parseUnary(stream, true) };
  return left;
}

/** A filter after `-x` takes the negative. */
function parseUnary(stream: TokenStream, withFilters: boolean): Expression {
  let expression: Expression;
  if (stream.isSign('-', '+')) {
    const type = stream.next().text === '-' ? 'negative' : 'positive';
    expression = stream.nested(() => ({ type, operand: parseUnary(stream, false) }));
  } else {
    expression = parsePrimary(stream);
  }
  expression = parsePostfix(stream, expression);
  return withFilters ? parseFiltersAndTests(stream, expression) : expression;
}

function parsePrimary(stream: TokenStream): Expression {
  const token = stream.current;
  if (token.type === 'name') {
    stream.next();
    const constant = CONSTANTS.get(token.text);
    return constant === undefined ? { type: 'name', name: token.text } : { type: 'constant', value: constant };
  }
  if (token.type === 'string') {
    let value = '';
    while (stream.current.type === 'string') value += stream.next().text;
    return { type: 'constant', value };
  }
  if (token.type === 'int') {
    stream.next();
    return { type: 'constant', value: toInt(BigInt(token.text)) };
  }
  if (token.type === 'float') {
    stream.next();
    const value = Number(token.text);
    return { type: 'constant', value: Number.isInteger(value) ? new Float(value) : value };
  }
  if (stream.skipSign('(')) return stream.nested(() => parseParentheses(stream));
  if (stream.skipSign('[')) return stream.nested(() => ({ type: 'list', items: parseItems(stream, ']') }));
  if (stream.skipSign('{')) return stream.nested(() => parseDict(stream));
  throw stream.unexpected('an expression');
}

function parseParentheses(stream: TokenStream): Expression {
  if (stream.skipSign(')')) return { type: 'tuple', items: [] };
  const first = parseExpression(stream);
  if (stream.skipSign(')')) return first;
  stream.expectSign(',');
  return { type: 'tuple', items: [first, ...parseItems(stream, ')')] };
}

function parseItems(stream: TokenStream, end: string): readonly Expression[] {
  const items: Expression[] = [];
  while (!stream.skipSign(end)) {
    items.push(parseExpression(stream));
    if (!stream.isSign(end)) stream.expectSign(',');
  }
  return items;
}

function parseDict(stream: TokenStream): Expression {
  const pairs: (readonly [Expression, Expression])[] = [];
  while (!stream.skipSign('}')) {
    const key = parseExpression(stream);
    stream.expectSign(':');
    pairs.push([key, parseExpression(stream)]);
    if (!stream.isSign('}')) stream.expectSign(',');
  }
  return { type: 'dict', pairs };
}

/** Expressions with commas between them are a tuple. */
export function parseTuple(stream: TokenStream, parse = parseExpression): Expression {
  const first = parse(stream);
  if (!stream.isSign(',')) return first;
  const items = [first];
  while (stream.skipSign(',')) {
    if (['end', 'close', 'eof'].includes(stream.current.type) || stream.isSign(')', ']')) break;
    items.push(parse(stream));
  }
  return { type: 'tuple', items };
}

function parsePostfix(stream: TokenStream, start: Expression): Expression {
  let expression = start;
  for (;;) {
    if (stream.skipSign('.')) {
      const { type, text } = stream.next();
      if (type === 'name') expression = { type: 'attribute', object: expression, name: text };
      else if (type === 'int') {
        expression = { type: 'item', object: expression, key: { type: 'constant', value: Number(text) } };
      } else throw stream.error('expected a name after .');
    } else if (stream.skipSign('[')) expression = parseSubscript(stream, expression);
    else if (stream.isSign('(')) expression = { type: 'call', callee: expression, args: parseArguments(stream) };
    else return expression;
  }
}

function parseSubscript(stream: TokenStream, object: Expression): Expression {
  const bounds: (Expression | undefined)[] = [undefined];
  while (!stream.skipSign(']')) {
    if (stream.skipSign(':')) bounds.push(undefined);
    else if (bounds.at(-1) === undefined) bounds[bounds.length - 1] = parseTuple(stream);
    else throw stream.unexpected(']');
  }
  const [key] = bounds;
  if (bounds.length > 3) throw stream.error('a slice has at most three parts');
  if (bounds.length > 1) return { type: 'slice', object, bounds };
  if (key === undefined) throw stream.error('a subscript is empty');
  return { type: 'item', object, key };
}

/** With their parentheses. */
function parseArguments(stream: TokenStream): ArgumentList {
  stream.expectSign('(');
  return stream.nested(() => {
    const positional: Expression[] = [];
    const named: [string, Expression][] = [];
    let rest: Expression | undefined;
    let namedRest: Expression | undefined;
    while (!stream.skipSign(')')) {
      if (stream.skipSign('*')) rest = parseExpression(stream);
      else if (stream.skipSign('**')) namedRest = parseExpression(stream);
      else if (stream.current.type === 'name' && stream.following.type === 'sign' && stream.following.text === '=') {
        const name = stream.next().text;
        stream.next();
        named.push([name, parseExpression(stream)]);
      } else if (named.length > 0 || namedRest)
        throw stream.error('an argument without a name follows one with a name');
      else positional.push(parseExpression(stream));
      if (!stream.isSign(')')) stream.expectSign(',');
    }
    return { positional, named, ...(rest && { rest }), ...(namedRest && { namedRest }) };
  });
}

function parseFiltersAndTests(stream: TokenStream, start: Expression): Expression {
  let expression = start;
  for (;;) {
    if (stream.isSign('|')) expression = parseFilter(stream, expression);
    else if (stream.skipName('is')) expression = parseTest(stream, expression);
    else if (stream.isSign('(')) expression = { type: 'call', callee: expression, args: parseArguments(stream) };
    else return expression;
  }
}

/** The filters that follow, each with the one before as its input. */
export function parseFilters(stream: TokenStream): readonly FilterExpression[] {
  const filters: FilterExpression[] = [];
  while (stream.isSign('|')) filters.push(parseFilter(stream, undefined));
  return filters;
}

function parseFilter(stream: TokenStream, input: Expression | undefined): FilterExpression {
  stream.expectSign('|');
  return parseFilterName(stream, input);
}

export function parseFilterName(stream: TokenStream, input: Expression | undefined): FilterExpression {
  const name = parseDottedName(stream);
  if (!FILTERS.has(name)) throw stream.error(`unknown filter ${name}`);
  const args = stream.isSign('(') ? parseArguments(stream) : NO_ARGUMENTS;
  return { type: 'filter', name, input, args };
}

function parseDottedName(stream: TokenStream): string {
  let name = stream.expect('name', 'a name').text;
  while (stream.skipSign('.')) name += `.${stream.expect('name', 'a name').text}`;
  return name;
}

/** Tests whose names are signs: `x is == 3`. */
function parseTest(stream: TokenStream, input: Expression): Expression {
  const isNegated = stream.skipName('not');
  const name = parseDottedName(stream);
  if (!TESTS.has(name)) throw stream.error(`unknown test ${name}`);
  let args = NO_ARGUMENTS;
  if (stream.isSign('(')) args = parseArguments(stream);
  else if (isTestArgument(stream)) {
    args = { positional: [parsePostfix(stream, parsePrimary(stream))], named: [] };
  }
  const test: Expression = { type: 'test', name, input, args };
  return isNegated ? { type: 'not', operand: test } : test;
}

function isTestArgument(stream: TokenStream): boolean {
  const { type } = stream.current;
  if (type === 'name') return !stream.isName('else', 'or', 'and', 'is', 'if', 'in', 'not');
  return type === 'string' || type === 'int' || type === 'float' || stream.isSign('[', '{');
}
