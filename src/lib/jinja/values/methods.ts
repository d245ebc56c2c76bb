import { findLastText, findText, isEqual, itemsOf } from './compare.ts';
import { type Bound, bindArgs, type Context, type Operation, operation } from './context.ts';
import { JinjaError } from './errors.ts';
import { formatBraces } from './format.ts';
import { indexOf, numberOf } from './numbers.ts';
import { escapeMarkup } from './print.ts';
import * as texts from './text.ts';
import {
  type Args,
  Callable,
  entriesOf,
  getKey,
  isList,
  isMapping,
  isText,
  keysOf,
  kindOf,
  type Mapping,
  MapView,
  Markup,
  Tuple,
  textOf,
  type Value,
} from './values.ts';

/** The methods of Python's `str`, `list`, `dict`, `int` and `float` that change nothing. */

/** The method of this name, bound to its value. */
export function methodOf(value: Value, name: string, context: Context): Callable | undefined {
  const method = tableOf(value)?.get(name);
  return method && new Callable(name, (args) => method.apply(value, args, context));
}

function tableOf(value: Value): ReadonlyMap<string, Operation> | undefined {
  if (isText(value)) return TEXT_METHODS;
  if (isList(value)) return LIST_METHODS;
  if (isMapping(value)) return MAP_METHODS;
  return numberOf(value) === undefined ? undefined : NUMBER_METHODS;
}

type TextAction = (
  text: string,
  args: readonly (string | number | boolean | undefined | null)[],
  context: Context,
) => Value;

/** What a method makes of markup is markup, and the texts that it adds are escaped. */
function textMethod(parameters: string, act: TextAction): Operation {
  return operation(parameters, (input, bound, context) => {
    const isMarkup = input instanceof Markup;
    const args = bound.map((arg) => {
      if (isMarkup && typeof arg === 'string') return escapeMarkup(arg);
      const text = arg === undefined ? undefined : textOf(arg);
      if (text !== undefined) return text;
      if (arg === undefined || arg === null || typeof arg === 'boolean') return arg;
      return indexOf(arg, 'an argument');
    });
    const result = act(textOf(input) ?? '', args, context);
    return isMarkup ? asMarkup(result) : result;
  });
}

function asMarkup(value: Value): Value {
  if (typeof value === 'string') return new Markup(value);
  if (value instanceof Tuple) return Tuple.copy(value.map(asMarkup));
  return isList(value) ? value.map(asMarkup) : value;
}

function stringArg(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new JinjaError(`${what} must be a str`);
  return value;
}

const numberArg = (value: unknown, fallback: number) => (typeof value === 'number' ? value : fallback);
const optionalText = (value: unknown) => (typeof value === 'string' ? value : undefined);

const strip = (sides: 'both' | 'left' | 'right') =>
  textMethod('chars', (text, [characters], { budget }) => {
    budget.bytes(text.length);
    return texts.strip(text, optionalText(characters), sides);
  });

const mapped = (act: (text: string) => string) =>
  textMethod('', (text, _, { budget }) => {
    budget.bytes(text.length);
    return act(text);
  });

const tested = (act: (text: string) => boolean) => textMethod('', (text) => act(text));

const padded = (align: '<' | '>' | '^') =>
  textMethod('width fillchar', (text, [width, fill], { budget }) =>
    texts.pad(text, numberArg(width, 0), optionalText(fill) ?? ' ', align, budget),
  );

/** A part of the text that `find` and its kin search, and where it begins. */
function searched(text: string, from: unknown, to: unknown): { readonly part: string; readonly start: number } {
  if (typeof from !== 'number' && typeof to !== 'number') return { part: text, start: 0 };
  const length = texts.lengthOf(text);
  const start = numberArg(from, 0) < 0 ? Math.max(0, length + numberArg(from, 0)) : numberArg(from, 0);
  return { part: texts.sliceText(text, start, numberArg(to, length)), start };
}

const find = (isLast: boolean, isRequired: boolean) =>
  textMethod('sub start end', (text, [sub, from, to]) => {
    const { part, start } = searched(text, from, to);
    const wanted = stringArg(sub, 'sub');
    const at = isLast ? findLastText(part, wanted) : findText(part, wanted);
    if (at < 0 && isRequired) throw new JinjaError('the text was not found');
    return at < 0 ? -1 : start + texts.characterIndex(part, at);
  });

const affix = (test: (text: string, part: string) => boolean): Operation =>
  operation('prefix start end', (input, [prefix = null, from, to]) => {
    const { part } = searched(textOf(input) ?? '', from, to);
    const options = isList(prefix) ? prefix : [prefix];
    return options.some((option) => test(part, stringArg(textOf(option), 'the argument')));
  });

const partition = (isLast: boolean) =>
  textMethod('sep', (text, [separator]) => {
    const wanted = stringArg(separator, 'sep');
    texts.checkSeparator(wanted);
    const at = isLast ? findLastText(text, wanted) : findText(text, wanted);
    if (at < 0) return isLast ? Tuple.with('', '', text) : Tuple.with(text, '', '');
    return Tuple.with(text.slice(0, at), wanted, text.slice(at + wanted.length));
  });

const splitWith = (act: typeof texts.split) =>
  textMethod('sep maxsplit', (text, [separator, max], { budget }) =>
    act(text, optionalText(separator), numberArg(max, -1), budget).slice(),
  );

const TEXT_METHODS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    upper: mapped((text) => text.toUpperCase()),
    lower: mapped((text) => text.toLowerCase()),
    casefold: mapped((text) => text.toLowerCase().replaceAll('ß', 'ss')),
    title: mapped(texts.titleCase),
    capitalize: mapped(texts.capitalize),
    swapcase: mapped(texts.swapCase),
    strip: strip('both'),
    lstrip: strip('left'),
    rstrip: strip('right'),
    split: splitWith(texts.split),
    rsplit: splitWith(texts.splitRight),
    splitlines: textMethod('keepends', (text, [keep], { budget }) =>
      texts.splitLines(text, keep === true, budget).slice(),
    ),
    startswith: affix((text, part) => text.startsWith(part)),
    endswith: affix((text, part) => text.endsWith(part)),
    removeprefix: textMethod('prefix', (text, [part]) =>
      text.startsWith(stringArg(part, 'prefix')) ? text.slice(String(part).length) : text,
    ),
    removesuffix: textMethod('suffix', (text, [part]) =>
      part !== '' && text.endsWith(stringArg(part, 'suffix')) ? text.slice(0, -String(part).length) : text,
    ),
    replace: textMethod('old new count', (text, [old, other, max], { budget }) =>
      texts.replace(text, stringArg(old, 'old'), stringArg(other, 'new'), numberArg(max, -1), budget),
    ),
    count: textMethod('sub start end', (text, [sub, from, to]) =>
      texts.count(searched(text, from, to).part, stringArg(sub, 'sub')),
    ),
    find: find(false, false),
    rfind: find(true, false),
    index: find(false, true),
    rindex: find(true, true),
    partition: partition(false),
    rpartition: partition(true),
    center: padded('^'),
    ljust: padded('<'),
    rjust: padded('>'),
    zfill: textMethod('width', (text, [width], { budget }) => {
      const [sign = ''] = /^[-+]?/.exec(text) ?? [];
      return sign + texts.pad(text.slice(sign.length), numberArg(width, 0) - sign.length, '0', '>', budget);
    }),
    isalpha: tested((text) => /^\p{L}+$/u.test(text)),
    isalnum: tested((text) => /^[\p{L}\p{N}]+$/u.test(text)),
    isdigit: tested((text) => /^\p{Nd}+$/u.test(text)),
    isdecimal: tested((text) => /^\p{Nd}+$/u.test(text)),
    isnumeric: tested((text) => /^\p{N}+$/u.test(text)),
    isspace: tested((text) => /^\s+$/.test(text)),
    isascii: tested((text) => /^\p{ASCII}*$/u.test(text)),
    isupper: tested(texts.isUpper),
    islower: tested(texts.isLower),
    istitle: tested(texts.isTitle),
    isidentifier: tested((text) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text)),
    join: { apply: join },
    format: { apply: format },
  }),
);

function join(input: Value, args: Args, { budget }: Context): Value {
  const [list] = bindArgs(['iterable'], args);
  const isMarkup = input instanceof Markup;
  const parts = itemsOf(list ?? [], budget).map((item) => {
    const text = textOf(item);
    if (text === undefined) throw new JinjaError(`join needs texts, not ${kindOf(item)}; use the filter join`);
    return isMarkup && !(item instanceof Markup) ? escapeMarkup(text) : text;
  });
  const separator = textOf(input) ?? '';
  budget.bytes(parts.reduce((sum, part) => sum + part.length + separator.length, 0));
  return isMarkup ? new Markup(parts.join(separator)) : parts.join(separator);
}

function format(input: Value, args: Args, { budget }: Context): Value {
  const text = textOf(input) ?? '';
  if (!(input instanceof Markup)) return formatBraces(text, args, budget);
  const escaped = (value: Value) => (typeof value === 'string' ? escapeMarkup(value) : value);
  const named = new Map([...args.named].map(([name, value]) => [name, escaped(value)]));
  return new Markup(formatBraces(text, { positional: args.positional.map(escaped), named }, budget));
}

const listOf = (input: Value) => input as readonly Value[];
const mapOf = (input: Value) => input as Mapping;

const LIST_METHODS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    index: operation('value start end', (input, [value = null, from, to]) => {
      const start = from === undefined ? 0 : indexOf(from, 'start');
      const at = listOf(input).findIndex((item, i) => i >= start && isEqual(item, value));
      if (at < 0 || (to !== undefined && at >= indexOf(to, 'end')))
        throw new JinjaError('the value is not in the list');
      return at;
    }),
    count: operation('value', (input, [value = null]) => listOf(input).filter((item) => isEqual(item, value)).length),
    copy: operation('', (input) => input),
  }),
);

function view(name: string, items: (mapping: Mapping) => readonly Value[]): Operation {
  return operation('', (input, _, { budget }) => {
    const result = new MapView(name);
    const values = items(mapOf(input));
    budget.entries(values.length);
    for (const value of values) result.push(value);
    return result;
  });
}

const MAP_METHODS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    get: operation('key default', (input, [key = null, fallback = null]: Bound) => {
      const value = getKey(mapOf(input), key);
      return value === undefined ? fallback : value;
    }),
    items: view('items', (mapping) => entriesOf(mapping).map(([key, value]) => Tuple.with(key, value))),
    keys: view('keys', keysOf),
    values: view('values', (mapping) => entriesOf(mapping).map(([, value]) => value)),
    copy: operation('', (input) => input),
  }),
);

const NUMBER_METHODS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    is_integer: operation('', (input) => Number.isInteger(Number(numberOf(input)))),
    bit_length: operation('', (input) => {
      const number = BigInt(indexOf(input, 'the number'));
      return number === 0n ? 0 : (number < 0n ? -number : number).toString(2).length;
    }),
  }),
);
