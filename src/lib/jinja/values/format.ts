import type { Budget } from './budget.ts';
import { JinjaError } from './errors.ts';
import { indexOf, isFloat, isInt, numberOf, toFixed } from './numbers.ts';
import { formatFloat, represent, toText } from './print.ts';
import { pad, sliceText } from './text.ts';
import { type Args, getKey, isList, isMapping, kindOf, Tuple, type Value } from './values.ts';

const MAX_PRECISION = 100;
const CONVERSION = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?([a-zA-Z%])/g;

/** `format % values`. @throws JinjaError */
export function formatPercent(format: string, values: Value, budget: Budget): string {
  const list = values instanceof Tuple ? values : [values];
  let at = 0;
  let isNamed = false;
  const next = (): Value => {
    if (at >= list.length) throw new JinjaError('there are fewer values than the format has places');
    at += 1;
    return list[at - 1] as Value;
  };
  const text = format.replaceAll(CONVERSION, (_, name, flags: string, width, precision, type: string) => {
    if (type === '%') return '%';
    if (name !== undefined) isNamed = true;
    const wide = width === '*' ? indexOf(next(), 'the width') : Number(width ?? 0);
    const digits = precision === '*' ? indexOf(next(), 'the precision') : precision && Number(precision);
    const value = name === undefined ? next() : namedValue(values, name);
    const sign = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
    const align = flags.includes('-') ? '<' : '>';
    const zero = flags.includes('0') && align === '>';
    return formatOne(
      value,
      { type, sign, align, zero, width: wide, ...(digits !== undefined && { precision: digits }) },
      budget,
    );
  });
  if (/%/.test(format.replaceAll(CONVERSION, ''))) throw new JinjaError('the format has a % that is not complete');
  if (!isNamed && at < list.length && !(isMapping(values) && at === 0)) {
    throw new JinjaError('there are more values than the format has places');
  }
  budget.bytes(text.length);
  return text;
}

function namedValue(values: Value, name: string): Value {
  const value = isMapping(values) ? getKey(values, name) : undefined;
  if (value === undefined) throw new JinjaError(`the format needs a value ${name}`);
  return value;
}

interface Layout {
  readonly type: string;
  readonly sign: string;
  readonly align: '<' | '>' | '^' | '=' | '';
  readonly fill?: string;
  readonly zero: boolean;
  readonly width: number;
  readonly precision?: number;
  readonly grouping?: string;
}

function formatOne(value: Value, layout: Layout, budget: Budget): string {
  const { type, precision } = layout;
  if (type === 's' || type === 'r' || type === 'a' || type === 'c') {
    const text = type === 's' || type === 'c' ? toText(value, budget) : represent(value, budget);
    const cut = precision === undefined ? text : sliceText(text, 0, precision);
    return pad(
      cut,
      layout.width,
      layout.fill ?? ' ',
      layout.align === '>' ? '>' : layout.align === '^' ? '^' : '<',
      budget,
    );
  }
  const number = numberOf(value);
  if (number === undefined) throw new JinjaError(`%${type} needs a number, not ${kindOf(value)}`);
  const isNegative = number < 0 || Object.is(number, -0);
  const digits = formatDigits(number, isFloat(value), layout);
  const sign = isNegative ? '-' : layout.sign;
  const grouped = layout.grouping
    ? digits.replace(/^\d+/, (whole) => whole.replaceAll(/\B(?=(?:\d{3})+$)/g, layout.grouping as string))
    : digits;
  const width = layout.width;
  if (layout.zero || layout.align === '=') {
    return sign + pad(grouped, width - sign.length, layout.zero ? '0' : (layout.fill ?? ' '), '>', budget);
  }
  const align = layout.align === '<' || layout.align === '^' ? layout.align : '>';
  return pad(sign + grouped, width, layout.fill ?? ' ', align, budget);
}

/** The digits of the absolute value. */
function formatDigits(number: number | bigint, isFloatValue: boolean, { type, precision }: Layout): string {
  const absolute = number < 0 ? -number : number;
  if (precision !== undefined && precision > MAX_PRECISION) {
    throw new JinjaError(`a precision is at most ${MAX_PRECISION}`);
  }
  const float = Number(absolute);
  if (!Number.isFinite(float) && typeof absolute === 'number') return formatFloat(float);
  const whole = () => (typeof absolute === 'bigint' ? absolute : BigInt(Math.trunc(absolute)));
  switch (type) {
    case 'd':
    case 'i':
    case 'u':
    case 'n':
      return whole().toString();
    case 'x':
      return whole().toString(16);
    case 'X':
      return whole().toString(16).toUpperCase();
    case 'o':
      return whole().toString(8);
    case 'b':
      return whole().toString(2);
    case 'f':
    case 'F':
      return toFixed(float, precision ?? 6);
    case 'e':
    case 'E':
      return exponential(float, precision ?? 6, type);
    case '%':
      return `${toFixed(float * 100, precision ?? 6)}%`;
    case 'g':
    case 'G':
      return general(float, precision ?? 6, type);
    case '':
      if (precision !== undefined) return general(float, precision, 'g');
      return isFloatValue ? formatFloat(float) : whole().toString();
    default:
      throw new JinjaError(`unknown format ${type}`);
  }
}

function exponential(value: number, precision: number, type: string): string {
  const [digits = '', exponent = '0'] = value.toExponential(precision).split('e');
  const size = String(Math.abs(Number(exponent))).padStart(2, '0');
  return `${digits}${type}${exponent.startsWith('-') ? '-' : '+'}${size}`;
}

function general(value: number, wanted: number, type: string): string {
  const precision = wanted === 0 ? 1 : wanted;
  const exponent = value === 0 ? 0 : Number(value.toExponential(precision - 1).split('e')[1]);
  if (exponent < -4 || exponent >= precision) {
    return exponential(value, precision - 1, type === 'G' ? 'E' : 'e').replace(/\.?0+(?=[eE])/, '');
  }
  const text = toFixed(value, precision - 1 - exponent);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const SPEC = /^(?:([\s\S])?([<>^=]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/u;

/** `format(value, spec)` of Python. @throws JinjaError */
function formatSpec(value: Value, spec: string, budget: Budget): string {
  if (spec === '') return toText(value, budget);
  const match = SPEC.exec(spec);
  if (!match) throw new JinjaError(`unknown format ${spec}`);
  const [, fill, align = '', sign = '', , zero, width, grouping, precision, type] = match;
  const isNumber = isInt(value) || isFloat(value) || (typeof value === 'boolean' && type !== undefined);
  const layout = {
    type: type ?? (isNumber ? '' : 's'),
    sign: sign === '-' ? '' : sign,
    align: align as Layout['align'],
    zero: zero !== undefined && align === '',
    width: Number(width ?? 0),
    ...(fill !== undefined && { fill }),
    ...(grouping !== undefined && { grouping }),
    ...(precision !== undefined && { precision: Number(precision) }),
  };
  return formatOne(value, layout, budget);
}

/** `str.format`: places are empty, numbers or names, with members and keys of mappings and lists. @throws JinjaError */
export function formatBraces(format: string, { positional, named }: Args, budget: Budget): string {
  let next = 0;
  const text = format.replaceAll(
    /\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::([^{}]*))?\}|[{}]/g,
    (whole, field?: string, conversion?: string, spec = '') => {
      if (whole === '{{' || whole === '}}') return whole.charAt(0);
      if (field === undefined) throw new JinjaError('the format has a brace without its pair');
      const [, name = '', path = ''] = /^([^.[]*)(.*)$/s.exec(field) ?? [];
      const first = name === '' ? positional[next++] : /^\d+$/.test(name) ? positional[Number(name)] : named.get(name);
      let value = first;
      for (const [, member, key] of path.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)) {
        const step = member ?? key ?? '';
        if (value !== undefined && isList(value)) value = value[Number(step)];
        else value = value !== undefined && isMapping(value) ? getKey(value, step) : undefined;
      }
      if (value === undefined) throw new JinjaError(`the format needs a value ${field === '' ? next - 1 : field}`);
      const shown =
        conversion === undefined ? value : conversion === 's' ? toText(value, budget) : represent(value, budget);
      return formatSpec(shown, spec, budget);
    },
  );
  budget.bytes(text.length);
  return text;
}
