import { compare } from '../values/compare.ts';
import { type Bound, type Context, type Operation, operation } from '../values/context.ts';
import { JinjaError } from '../values/errors.ts';
import { indexOf, isFloat, isInt, negate, numberOf, roundHalfEven, toFloat, toInt } from '../values/numbers.ts';
import { represent } from '../values/print.ts';
import {
  checkDefined,
  entriesOf,
  isMapping,
  isTruthy,
  JinjaObject,
  kindOf,
  Tuple,
  textOf,
  Undefined,
  type Value,
} from '../values/values.ts';
import { fold } from './list-filters.ts';

const fallback = operation('default_value boolean', (input, [value = '', boolean]) => {
  const isMissing = input instanceof Undefined || (boolean !== undefined && isTruthy(boolean) && !isTruthy(input));
  return isMissing ? value : input;
});

const itemsFilter = operation('', (input, _, { budget }) => {
  checkDefined(input);
  if (input instanceof Undefined) return [];
  if (!isMapping(input)) throw new JinjaError(`needs a mapping, not ${kindOf(input)}`);
  const entries = entriesOf(input);
  budget.entries(entries.length * 3);
  return entries.map(([key, value]) => Tuple.with(key, value));
});

export const VALUE_FILTERS = {
  default: fallback,
  d: fallback,
  abs: operation('', (input) => (Number(needNumber(input)) < 0 ? negate(input) : input)),
  int: operation('default base', (input, [value = 0, base]) => {
    const whole = toWhole(input, base === undefined ? 10 : indexOf(base, 'base'));
    return whole === undefined ? value : whole;
  }),
  float: operation('default', (input, [value = toFloat(0)]) => {
    const number = numberOf(input);
    if (number !== undefined) return toFloat(Number(number));
    const text =
      textOf(input)
        ?.trim()
        .replaceAll(/(?<=\d)_(?=\d)/g, '') ?? '';
    if (/^[-+]?(?:inf(?:inity)?|nan)$/i.test(text)) {
      return /nan/i.test(text)
        ? Number.NaN
        : text.startsWith('-')
          ? Number.NEGATIVE_INFINITY
          : Number.POSITIVE_INFINITY;
    }
    return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text) ? toFloat(Number(text)) : value;
  }),
  round: operation('precision method', round),
  bool: operation('', isTruthy),
  items: itemsFilter,
  dictsort: operation('case_sensitive by reverse', dictSort),
  attr: operation('name', (input, [name = ''], context) => attribute(input, name, context)),
  pprint: operation('', (input, _, { budget }) => represent(input, budget)),
} satisfies Readonly<Record<string, Operation>>;

function needNumber(value: Value): number | bigint {
  const number = numberOf(value);
  if (number === undefined) throw new JinjaError(`needs a number, not ${kindOf(value)}`);
  return number;
}

/** Undefined for what is not a number. */
function toWhole(input: Value, base: number): Value | undefined {
  if (isInt(input)) return input;
  const number = numberOf(input);
  if (number !== undefined)
    return Number.isFinite(Number(number)) ? toInt(BigInt(Math.trunc(Number(number)))) : undefined;
  const text =
    textOf(input)
      ?.trim()
      .replaceAll(/(?<=\w)_(?=\w)/g, '') ?? '';
  const [, sign = '', digits = ''] =
    /^([-+]?)(?:0[xob](?=.))?(.+)$/i.exec(base === 10 ? '' : text) ?? /^([-+]?)(.+)$/.exec(text) ?? [];
  if (base < 2 || base > 36) throw new JinjaError('the base must be between 2 and 36');
  let value = 0n;
  if (digits === '' || digits.length > 4_300) return undefined;
  if (/^\d+$/.test(digits) && base === 10) value = BigInt(digits);
  else {
    for (const char of digits.toLowerCase()) {
      const digit = Number.parseInt(char, 36);
      if (Number.isNaN(digit) || digit >= base) return base === 10 ? fromFloatText(text) : undefined;
      value = value * BigInt(base) + BigInt(digit);
    }
  }
  return toInt(sign === '-' ? -value : value);
}

function fromFloatText(text: string): Value | undefined {
  const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? toInt(BigInt(Math.trunc(number))) : undefined;
}

function round(input: Value, [precision = 0, method = 'common']: Bound): Value {
  const number = needNumber(input);
  const digits = indexOf(precision, 'precision');
  if (method === 'common') {
    if (!isFloat(input)) return digits < 0 ? toInt(BigInt(roundHalfEven(Number(number), digits))) : input;
    return toFloat(roundHalfEven(Number(number), digits));
  }
  if (method !== 'ceil' && method !== 'floor') throw new JinjaError('the method must be common, ceil or floor');
  const unit = 10 ** digits;
  return toFloat(Math[method](Number(number) * unit) / unit);
}

function dictSort(input: Value, [caseSensitive, by = 'key', reverse]: Bound, { budget }: Context): Value {
  checkDefined(input);
  if (!isMapping(input)) throw new JinjaError(`needs a mapping, not ${kindOf(input)}`);
  const at = ['key', 'value'].indexOf(textOf(by) ?? '');
  if (at < 0) throw new JinjaError('by must be key or value');
  const isSensitive = caseSensitive !== undefined && isTruthy(caseSensitive);
  const entries = entriesOf(input).map(([key, value]) => Tuple.with(key, value));
  budget.entries(entries.length * 3);
  const sign = reverse !== undefined && isTruthy(reverse) ? -1 : 1;
  return entries.sort((a, b) => sign * compare(fold(a[at] as Value, isSensitive), fold(b[at] as Value, isSensitive)));
}

/** A member that is not an entry of a mapping. */
function attribute(input: Value, name: Value, { strict }: Context): Value {
  const text = textOf(name) ?? '';
  const member = input instanceof JinjaObject ? input.attribute(text) : undefined;
  return member === undefined ? new Undefined(`'${text}' is undefined`, strict) : member;
}
