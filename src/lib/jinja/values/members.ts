import { itemsOf } from './compare.ts';
import type { Context } from './context.ts';
import { JinjaError } from './errors.ts';
import { methodOf } from './methods.ts';
import { indexOf, isInt } from './numbers.ts';
import { characterAt, sliceText } from './text.ts';
import { Group, getKey, isList, isMapping, JinjaObject, textOf, Undefined, type Value } from './values.ts';

/** `value.name`. An entry of a mapping hides a method, which is then reached only by a call. @throws JinjaError */
export function getMember(value: Value, name: string, context: Context): Value {
  const member = findMember(value, name);
  if (member !== undefined) return member;
  return methodOf(value, name, context) ?? missing(value, name, context);
}

/** `value.name` where it is called: a method hides an entry. @throws JinjaError */
export function getCalledMember(value: Value, name: string, context: Context): Value {
  if (!isMapping(value)) return getMember(value, name, context);
  return methodOf(value, name, context) ?? getMember(value, name, context);
}

/** `value[key]`. @throws JinjaError */
export function getItem(value: Value, key: Value, context: Context): Value {
  if (isMapping(value)) {
    const entry = getKey(value, key);
    if (entry !== undefined) return entry;
  } else if (isInt(key) || typeof key === 'boolean') {
    const text = textOf(value);
    const at = indexOf(key, 'an index');
    const item = text === undefined ? isList(value) && value.at(at) : characterAt(text, at);
    if (item !== undefined && (item !== false || isList(value))) return item;
  }
  const name = textOf(key);
  if (name !== undefined) return getMember(value, name, context);
  return missing(value, isInt(key) ? String(key) : 'the item', context);
}

function findMember(value: Value, name: string): Value | undefined {
  if (isMapping(value)) return getKey(value, name);
  if (value instanceof Group) return value[['grouper', 'list'].indexOf(name)];
  return value instanceof JinjaObject ? value.attribute(name) : undefined;
}

function missing(value: Value, name: string, { strict }: Context): Undefined {
  if (value instanceof Undefined) throw new JinjaError(value.message);
  return new Undefined(`'${name}' is undefined`, strict);
}

/** The value at a path such as `address.city` or `0.name`, as filters take it. @throws JinjaError */
export function getPath(value: Value, path: Value, context: Context): Value {
  if (isInt(path)) return getItem(value, path, context);
  let result = value;
  for (const step of (textOf(path) ?? '').split('.')) {
    result = getItem(result, /^\d{1,9}$/.test(step) && !isMapping(result) ? Number(step) : step, context);
  }
  return result;
}

/** `value[from:to:step]`. @throws JinjaError */
export function getSlice(value: Value, bounds: readonly (Value | undefined)[], context: Context): Value {
  const text = textOf(value);
  if (text === undefined && !isList(value)) throw new JinjaError('only a str or a list can be sliced');
  const [from, to, by] = bounds.map((bound) => (bound == null ? undefined : indexOf(bound, 'a bound of a slice')));
  if (text !== undefined && (by ?? 1) === 1) return sliceText(text, from ?? 0, to);
  const list = itemsOf(value, context.budget);
  const step = by ?? 1;
  if (step === 0) throw new JinjaError('the step of a slice cannot be 0');
  const clamp = (bound: number, low: number, high: number) =>
    Math.min(Math.max(bound < 0 ? bound + list.length : bound, low), high);
  const start = step > 0 ? clamp(from ?? 0, 0, list.length) : clamp(from ?? list.length - 1, -1, list.length - 1);
  const end =
    step > 0 ? clamp(to ?? list.length, 0, list.length) : to === undefined ? -1 : clamp(to, -1, list.length - 1);
  context.budget.entries(Math.max(0, Math.ceil((end - start) / step)));
  const picked: Value[] = [];
  for (let i = start; step > 0 ? i < end : i > end; i += step) picked.push(list[i] as Value);
  return text === undefined ? picked : picked.join('');
}
