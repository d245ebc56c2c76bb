import type { Frame } from './frame.ts';
import { globalFunction } from './functions.ts';
import type { ArgumentList, Comparison, Expression } from './syntax/syntax.ts';
import { compare, contains, isEqual, itemsOf } from './values/compare.ts';
import { JinjaError } from './values/errors.ts';
import { formatPercent } from './values/format.ts';
import { getCalledMember, getItem, getMember, getSlice } from './values/members.ts';
import { arithmetic, indexOf, isInt, negate } from './values/numbers.ts';
import { escapeMarkup, toMarkup, toText } from './values/print.ts';
import { repeat } from './values/text.ts';
import {
  type Args,
  Callable,
  checkDefined,
  entriesOf,
  isList,
  isMapping,
  isText,
  isTruthy,
  kindOf,
  Markup,
  mapKey,
  Tuple,
  textOf,
  Undefined,
  type Value,
} from './values/values.ts';

/** @throws JinjaError */
export function evaluate(expression: Expression, frame: Frame): Value {
  frame.budget.step();
  switch (expression.type) {
    case 'constant':
      return expression.value;
    case 'name':
      return variable(expression.name, frame);
    case 'attribute':
      return getMember(evaluate(expression.object, frame), expression.name, frame);
    case 'item':
      return getItem(evaluate(expression.object, frame), evaluate(expression.key, frame), frame);
    case 'slice':
      return getSlice(
        evaluate(expression.object, frame),
        expression.bounds.map((bound) => bound && evaluate(bound, frame)),
        frame,
      );
    case 'call':
      return call(evaluateCallee(expression.callee, frame), evaluateArguments(expression.args, frame));
    case 'filter': {
      const input = expression.input ? evaluate(expression.input, frame) : '';
      return frame.applyFilter(expression.name, input, evaluateArguments(expression.args, frame));
    }
    case 'test': {
      const input = evaluate(expression.input, frame);
      return frame.applyTest(expression.name, input, evaluateArguments(expression.args, frame));
    }
    case 'conditional':
      if (isTruthy(evaluate(expression.test, frame))) return evaluate(expression.consequent, frame);
      if (expression.otherwise) return evaluate(expression.otherwise, frame);
      return new Undefined('the condition is false, and there is no else', false);
    case 'and': {
      const left = evaluate(expression.left, frame);
      return isTruthy(left) ? evaluate(expression.right, frame) : left;
    }
    case 'or': {
      const left = evaluate(expression.left, frame);
      return isTruthy(left) ? left : evaluate(expression.right, frame);
    }
    case 'not':
      return !isTruthy(evaluate(expression.operand, frame));
    case 'compare':
      return compareAll(evaluate(expression.first, frame), expression.rest, frame);
    case 'arithmetic':
      return operate(expression.operator, evaluate(expression.left, frame), evaluate(expression.right, frame), frame);
    case 'negative':
      return negate(evaluate(expression.operand, frame));
    case 'positive':
      return arithmetic('+', evaluate(expression.operand, frame), 0);
    case 'concat':
      return concat(
        expression.parts.map((part) => evaluate(part, frame)),
        frame,
      );
    case 'list':
      frame.budget.entries(expression.items.length);
      return expression.items.map((item) => evaluate(item, frame));
    case 'tuple':
      frame.budget.entries(expression.items.length);
      return Tuple.copy(expression.items.map((item) => evaluate(item, frame)));
    case 'dict': {
      frame.budget.entries(expression.pairs.length * 3);
      const pairs = expression.pairs.map(
        ([key, value]) => [mapKey(evaluate(key, frame)), evaluate(value, frame)] as const,
      );
      return new Map(pairs);
    }
  }
}

function variable(name: string, frame: Frame): Value {
  const value = frame.scope.get(name);
  if (value !== undefined) return value;
  return globalFunction(name, frame) ?? new Undefined(`'${name}' is undefined`, frame.strict);
}

function evaluateCallee(callee: Expression, frame: Frame): Value {
  if (callee.type !== 'attribute') return evaluate(callee, frame);
  return getCalledMember(evaluate(callee.object, frame), callee.name, frame);
}

function call(callee: Value, args: Args): Value {
  if (callee instanceof Callable) return callee.call(args);
  throw new JinjaError(callee instanceof Undefined ? callee.message : `${kindOf(callee)} cannot be called`);
}

const NO_NAMED: ReadonlyMap<string, Value> = new Map();

export function evaluateArguments({ positional, named, rest, namedRest }: ArgumentList, frame: Frame): Args {
  const values = positional.map((argument) => evaluate(argument, frame));
  if (rest) {
    const more = itemsOf(evaluate(rest, frame), frame.budget);
    frame.budget.entries(more.length);
    for (const value of more) values.push(value);
  }
  if (named.length === 0 && !namedRest) return { positional: values, named: NO_NAMED };
  const byName = new Map(named.map(([name, argument]) => [name, evaluate(argument, frame)]));
  if (namedRest) {
    const mapping = evaluate(namedRest, frame);
    if (!isMapping(mapping)) throw new JinjaError(`** needs a mapping, not ${kindOf(mapping)}`);
    for (const [name, value] of entriesOf(mapping)) byName.set(toText(name, frame.budget), value);
  }
  return { positional: values, named: byName };
}

/** `a < b < c` is true when `a < b` and `b < c` are. */
function compareAll(first: Value, rest: readonly Comparison[], frame: Frame): boolean {
  let left = first;
  for (const { operator, operand } of rest) {
    const right = evaluate(operand, frame);
    if (!holds(operator, left, right)) return false;
    left = right;
  }
  return true;
}

function holds(operator: string, left: Value, right: Value): boolean {
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case '<':
      return compare(left, right) < 0;
    case '<=':
      return compare(left, right) <= 0;
    case '>':
      return compare(left, right) > 0;
    case '>=':
      return compare(left, right) >= 0;
    case 'in':
      return contains(right, left);
    default:
      return !contains(right, left);
  }
}

function operate(operator: string, left: Value, right: Value, frame: Frame): Value {
  checkOperand(left);
  checkOperand(right);
  if (operator === '+' && isText(left) && isText(right)) return concat([left, right], frame);
  if (operator === '+' && isList(left) && isList(right)) {
    frame.budget.entries(left.length + right.length);
    const both = [...left, ...right];
    return left instanceof Tuple && right instanceof Tuple ? Tuple.copy(both) : both;
  }
  if (operator === '*' && isInt(right) && (isText(left) || isList(left))) return times(left, right, frame);
  if (operator === '*' && isInt(left) && (isText(right) || isList(right))) return times(right, left, frame);
  if (operator === '%' && isText(left)) {
    const format = textOf(left) ?? '';
    if (!(left instanceof Markup)) return formatPercent(format, right, frame.budget);
    const safe = (value: Value) => (typeof value === 'string' ? escapeMarkup(value) : value);
    const values = right instanceof Tuple ? Tuple.copy(right.map(safe)) : safe(right);
    return new Markup(formatPercent(format, values, frame.budget));
  }
  return arithmetic(operator, left, right);
}

function checkOperand(value: Value): void {
  checkDefined(value);
  if (value instanceof Undefined) throw new JinjaError(value.message);
}

function times(value: Value, count: Value, { budget }: Frame): Value {
  const number = indexOf(count, 'the number of repetitions');
  const text = textOf(value);
  if (text !== undefined) {
    const repeated = repeat(text, number, budget);
    return value instanceof Markup ? new Markup(repeated) : repeated;
  }
  const items = itemsOf(value, budget);
  budget.entries(items.length * Math.max(0, number));
  const repeated = Array.from({ length: Math.max(0, number) }, () => items).flat();
  return value instanceof Tuple ? Tuple.copy(repeated) : repeated;
}

/** `~`: once one part is markup, the others are escaped. */
function concat(parts: readonly Value[], { budget }: Frame): Value {
  const isMarkup = parts.some((part) => part instanceof Markup);
  const write = (part: Value) => (isMarkup ? toMarkup(part, budget) : toText(part, budget));
  const text = parts.reduce<string>((left, part) => budget.joined(left, write(part)), '');
  return isMarkup ? new Markup(text) : text;
}
