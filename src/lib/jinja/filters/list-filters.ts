import { compare, isEqual, itemsOf } from '../values/compare.ts';
import { type Bound, type Context, type Operation, operation } from '../values/context.ts';
import { JinjaError } from '../values/errors.ts';
import { getPath } from '../values/members.ts';
import { arithmetic, indexOf } from '../values/numbers.ts';
import { toMarkup, toText } from '../values/print.ts';
import { lengthOf } from '../values/text.ts';
import {
  checkDefined,
  Group,
  isList,
  isMapping,
  isText,
  isTruthy,
  kindOf,
  Markup,
  mapKey,
  sizeOf,
  textOf,
  Undefined,
  type Value,
} from '../values/values.ts';

const length = operation('', (input) => {
  checkDefined(input);
  const text = textOf(input);
  if (text !== undefined) return lengthOf(text);
  if (isMapping(input)) return sizeOf(input);
  if (input instanceof Undefined) return 0;
  if (!isList(input)) throw new JinjaError(`${kindOf(input)} has no length`);
  return input.length;
});

export const LIST_FILTERS = {
  length,
  count: length,
  first: operation('', (input, _, context) => itemAt(input, 0, context)),
  last: operation('', (input, _, context) => itemAt(input, -1, context)),
  list: operation('', (input, _, { budget }) => {
    const items = itemsOf(input, budget);
    budget.entries(items.length);
    return Array.from(items);
  }),
  join: operation('d attribute', join),
  reverse: operation('', (input, _, { budget }) => {
    const items = itemsOf(input, budget);
    budget.entries(items.length);
    const reversed = Array.from(items).reverse();
    return isText(input) ? reversed.join('') : reversed;
  }),
  sort: operation('reverse case_sensitive attribute', sort),
  unique: operation('case_sensitive attribute', unique),
  min: operation('case_sensitive attribute', (input, bound, context) => extreme(input, bound, context, -1)),
  max: operation('case_sensitive attribute', (input, bound, context) => extreme(input, bound, context, 1)),
  sum: operation('attribute start', sum),
  groupby: operation('attribute default case_sensitive', groupBy),
  batch: operation('linecount fill_with', (input, [size, fill], { budget }) => {
    const width = indexOf(size ?? null, 'linecount');
    if (width < 1) throw new JinjaError('linecount must be at least 1');
    const items = itemsOf(input, budget);
    budget.entries(items.length);
    const rows: Value[][] = [];
    for (let at = 0; at < items.length; at += width) rows.push(Array.from(items.slice(at, at + width)));
    const missing = width - (rows.at(-1)?.length ?? width);
    if (fill == null || missing === 0) return rows;
    budget.entries(missing);
    rows.at(-1)?.push(...Array.from({ length: missing }, () => fill));
    return rows;
  }),
  slice: operation('slices fill_with', (input, [count, fill], { budget }) => {
    const slices = indexOf(count ?? null, 'slices');
    if (slices < 1) throw new JinjaError('slices must be at least 1');
    const items = itemsOf(input, budget);
    budget.entries(items.length + slices);
    const size = Math.floor(items.length / slices);
    const larger = items.length % slices;
    return Array.from({ length: slices }, (_, i) => {
      const from = i * size + Math.min(i, larger);
      const part = Array.from(items.slice(from, from + size + (i < larger ? 1 : 0)));
      if (fill != null && larger > 0 && i >= larger) part.push(fill);
      return part;
    });
  }),
  chain: operation('other', (input, [other], { budget }) => {
    const [items, others] = [itemsOf(input, budget), itemsOf(other ?? [], budget)];
    budget.entries(items.length + others.length);
    return [...items, ...others];
  }),
} satisfies Readonly<Record<string, Operation>>;

function sum(input: Value, [attribute, start = 0]: Bound, context: Context): Value {
  const values = itemsOf(input, context.budget).map((item) =>
    attribute == null ? item : getPath(item, attribute, context),
  );
  if (!isList(start)) return values.reduce((total, value) => arithmetic('+', total, value), start);
  const lists = values.map((value) => {
    if (!isList(value)) throw new JinjaError(`a list and ${kindOf(value)} have no sum`);
    context.budget.entries(value.length);
    return value;
  });
  return [start, ...lists].flat();
}

function itemAt(input: Value, at: 0 | -1, { strict, budget }: Context): Value {
  const item = itemsOf(input, budget).at(at);
  return item === undefined ? nothing(strict) : item;
}

function nothing(strict: boolean): Undefined {
  return new Undefined('there is no item, because the list is empty', strict);
}

/** What is compared: text without its case, unless that counts. */
export function fold(value: Value, caseSensitive: boolean): Value {
  const text = caseSensitive ? undefined : textOf(value);
  return text === undefined ? value : text.toLowerCase();
}

function join(input: Value, [separator, attribute]: Bound, context: Context): Value {
  const { budget, autoescape } = context;
  const items = itemsOf(input, budget).map((item) => (attribute == null ? item : getPath(item, attribute, context)));
  const isMarkup = autoescape && (separator instanceof Markup || items.some((item) => item instanceof Markup));
  const write = (value: Value) => (isMarkup ? toMarkup(value, budget) : toText(value, budget));
  const between = separator === undefined ? '' : write(separator);
  const parts = items.map((item, i) => {
    const part = write(item);
    budget.bytes(part.length + (i > 0 ? between.length : 0));
    return part;
  });
  return isMarkup ? new Markup(parts.join(between)) : parts.join(between);
}

/** The items with what they are compared by. */
function keyed(input: Value, attribute: Value | undefined, caseSensitive: Value | undefined, context: Context) {
  const items = itemsOf(input, context.budget);
  context.budget.entries(items.length * 3);
  const isSensitive = caseSensitive !== undefined && isTruthy(caseSensitive);
  const path = (item: Value) => (attribute == null ? item : getPath(item, attribute, context));
  return items.map((item) => ({ item, value: path(item), key: fold(path(item), isSensitive) }));
}

function sort(input: Value, [reverse, caseSensitive, attribute]: Bound, context: Context): Value {
  const paths = textOf(attribute ?? null)?.split(',') ?? [attribute];
  const items = itemsOf(input, context.budget);
  context.budget.entries(items.length * (paths.length + 2));
  const isSensitive = caseSensitive !== undefined && isTruthy(caseSensitive);
  const rows = items.map((item) => ({
    item,
    keys: paths.map((path) => fold(path == null ? item : getPath(item, path, context), isSensitive)),
  }));
  const sign = reverse !== undefined && isTruthy(reverse) ? -1 : 1;
  rows.sort((a, b) => {
    for (const [i, key] of a.keys.entries()) {
      const order = compare(key, b.keys[i] as Value);
      if (order !== 0) return sign * order;
    }
    return 0;
  });
  return rows.map(({ item }) => item);
}

function unique(input: Value, [caseSensitive, attribute]: Bound, context: Context): Value {
  const seen = new Set<Value>();
  const others: Value[] = [];
  const rows = keyed(input, attribute, caseSensitive, context).filter(({ key }) => {
    if (isList(key) || isMapping(key)) {
      if (others.some((other) => isEqual(other, key))) return false;
      others.push(key);
      return true;
    }
    const id = mapKey(key);
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
  return rows.map(({ item }) => item);
}

function extreme(input: Value, [caseSensitive, attribute]: Bound, context: Context, sign: -1 | 1): Value {
  const [first, ...rest] = keyed(input, attribute, caseSensitive, context);
  if (!first) return nothing(context.strict);
  return rest.reduce((best, row) => (sign * compare(row.key, best.key) > 0 ? row : best), first).item;
}

function groupBy(input: Value, [attribute, fallback, caseSensitive]: Bound, context: Context): Value {
  if (attribute == null) throw new JinjaError('needs an attribute');
  const isSensitive = caseSensitive !== undefined && isTruthy(caseSensitive);
  const rows = itemsOf(input, context.budget).map((item) => {
    const found = getPath(item, attribute, context);
    const value = found instanceof Undefined && fallback !== undefined ? fallback : found;
    return { item, value, key: fold(value, isSensitive) };
  });
  context.budget.entries(rows.length * 5);
  rows.sort((a, b) => compare(a.key, b.key));
  const groups: { readonly key: Value; readonly value: Value; readonly items: Value[] }[] = [];
  for (const { item, value, key } of rows) {
    const last = groups.at(-1);
    if (last && isEqual(last.key, key)) last.items.push(item);
    else groups.push({ key, value, items: [item] });
  }
  return groups.map(({ value, items }) => {
    const group = new Group();
    group.push(value, items);
    return group;
  });
}
