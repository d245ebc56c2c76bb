import { itemsOf } from '../values/compare.ts';
import type { Context, Operation } from '../values/context.ts';
import { JinjaError } from '../values/errors.ts';
import { getPath } from '../values/members.ts';
import { type Args, isTruthy, textOf, Undefined, type Value } from '../values/values.ts';

export const SELECTION_FILTERS = {
  map: { apply: map },
  select: selection(false, true),
  reject: selection(false, false),
  selectattr: selection(true, true),
  rejectattr: selection(true, false),
} satisfies Readonly<Record<string, Operation>>;

/** By an attribute, with a default, or by a filter and its arguments. */
function map(input: Value, { positional, named }: Args, context: Context): Value {
  const items = itemsOf(input, context.budget);
  context.budget.entries(items.length);
  const attribute = named.get('attribute');
  if (attribute === undefined) {
    const [filter, ...rest] = positional;
    const name = textOf(filter ?? null);
    if (name === undefined) throw new JinjaError('needs the name of a filter, or attribute=');
    return items.map((item) => context.applyFilter(name, item, { positional: rest, named }));
  }
  const fallback = named.get('default');
  return items.map((item) => {
    context.budget.step();
    const value = getPath(item, attribute, context);
    return value instanceof Undefined && fallback !== undefined ? fallback : value;
  });
}

/** By a test and its arguments; without one, by whether the value is true. */
function selection(byAttribute: boolean, isKept: boolean): Operation {
  return {
    apply(input, { positional, named }, context) {
      const items = itemsOf(input, context.budget);
      context.budget.entries(items.length);
      const [attribute, test, ...rest] = byAttribute ? positional : [null, ...positional];
      if (attribute === undefined) throw new JinjaError('needs an attribute');
      const name = test === undefined ? undefined : (textOf(test) ?? '');
      return items.filter((item) => {
        const value = byAttribute ? getPath(item, attribute, context) : item;
        const passes =
          name === undefined ? isTruthy(value) : context.applyTest(name, value, { positional: rest, named });
        return passes === isKept;
      });
    },
  };
}
