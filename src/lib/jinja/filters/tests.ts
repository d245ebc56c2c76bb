import { compare, contains, isEqual } from '../values/compare.ts';
import { type Bound, bindArgs, type Context } from '../values/context.ts';
import { JinjaError } from '../values/errors.ts';
import { isFloat, isInt, numberOf } from '../values/numbers.ts';
import { isLower, isUpper } from '../values/text.ts';
import {
  type Args,
  Callable,
  isList,
  isMapping,
  isText,
  kindOf,
  Markup,
  textOf,
  Undefined,
  type Value,
} from '../values/values.ts';

type Test = (input: Value, args: Args, context: Context) => boolean;

const test =
  (parameters: string, check: (input: Value, args: Bound) => boolean): Test =>
  (input, args) =>
    check(input, bindArgs(parameters === '' ? [] : parameters.split(' '), args));

function other(value: Value | undefined): Value {
  if (value === undefined) throw new JinjaError('needs a value to compare with');
  return value;
}

function remainder(input: Value, divisor: Value): number {
  const number = numberOf(input);
  const by = numberOf(divisor);
  if (number === undefined || by === undefined) throw new JinjaError(`needs a number, not ${kindOf(input)}`);
  if (Number(by) === 0) throw new JinjaError('division by zero');
  if (typeof number === 'bigint' || typeof by === 'bigint') return Number(BigInt(number) % BigInt(by));
  return number % by;
}

const equal = test('other', (input, [value]) => isEqual(input, other(value)));
const unequal = test('other', (input, [value]) => !isEqual(input, other(value)));
const less = test('other', (input, [value]) => compare(input, other(value)) < 0);
const atMost = test('other', (input, [value]) => compare(input, other(value)) <= 0);
const greater = test('other', (input, [value]) => compare(input, other(value)) > 0);
const atLeast = test('other', (input, [value]) => compare(input, other(value)) >= 0);

const needText = (value: Value | undefined): string => {
  const text = value === undefined ? undefined : textOf(value);
  if (text === undefined) throw new JinjaError('needs a str');
  return text;
};

/** The tests of Jinja2, and `startingwith`, `endingwith`, `containing`, `safe`. */
export const TESTS: ReadonlyMap<string, Test> = new Map(
  Object.entries({
    defined: test('', (input) => !(input instanceof Undefined)),
    undefined: test('', (input) => input instanceof Undefined),
    none: test('', (input) => input === null),
    boolean: test('', (input) => typeof input === 'boolean'),
    true: test('', (input) => input === true),
    false: test('', (input) => input === false),
    integer: test('', isInt),
    float: test('', isFloat),
    number: test('', (input) => numberOf(input) !== undefined),
    string: test('', isText),
    sequence: test('', (input) => isText(input) || isList(input) || isMapping(input)),
    iterable: test('', (input) => isText(input) || isList(input) || isMapping(input)),
    mapping: test('', isMapping),
    callable: test('', (input) => input instanceof Callable),
    escaped: test('', (input) => input instanceof Markup),
    safe: test('', (input) => input instanceof Markup),
    odd: test('', (input) => remainder(input, 2) !== 0),
    even: test('', (input) => remainder(input, 2) === 0),
    divisibleby: test('num', (input, [value]) => remainder(input, other(value)) === 0),
    lower: test('', (input) => isLower(textOf(input) ?? '')),
    upper: test('', (input) => isUpper(textOf(input) ?? '')),
    sameas: test('other', (input, [value]) => {
      const one = other(value);
      return input === one || (numberOf(input) !== undefined && kindOf(input) === kindOf(one) && isEqual(input, one));
    }),
    in: test('seq', (input, [container]) => contains(other(container), input)),
    startingwith: test('text', (input, [text]) => needText(input).startsWith(needText(text))),
    endingwith: test('text', (input, [text]) => needText(input).endsWith(needText(text))),
    containing: test('value', (input, [value]) => contains(input, other(value))),
    filter: (input, _, context) => context.hasFilter(needText(input)),
    test: test('', (input) => TESTS.has(needText(input))),
    ...{ '==': equal, eq: equal, equalto: equal, '!=': unequal, ne: unequal },
    ...{ '<': less, lt: less, lessthan: less, '<=': atMost, le: atMost },
    ...{ '>': greater, gt: greater, greaterthan: greater, '>=': atLeast, ge: atLeast },
  }),
);

/** @throws JinjaError that names the test */
export function applyTest(name: string, input: Value, args: Args, context: Context): boolean {
  const check = TESTS.get(name);
  if (!check) throw new JinjaError(`unknown test ${name}`);
  try {
    return check(input, args, context);
  } catch (error) {
    if (error instanceof JinjaError && error.limit === undefined)
      throw new JinjaError(`the test ${name}: ${error.message}`);
    throw error;
  }
}
