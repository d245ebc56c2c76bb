import type { Context, Operation } from '../values/context.ts';
import { JinjaError } from '../values/errors.ts';
import type { Args, Value } from '../values/values.ts';
import { HTML_FILTERS } from './html-filters.ts';
import { LIST_FILTERS } from './list-filters.ts';
import { SELECTION_FILTERS } from './selection-filters.ts';
import { TEXT_FILTERS } from './text-filters.ts';
import { VALUE_FILTERS } from './value-filters.ts';

/** The filters of Jinja2 except `random`, and `bool`, `chain`, `lines`, `pluralize`, `split`. */
export const FILTERS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({ ...TEXT_FILTERS, ...HTML_FILTERS, ...VALUE_FILTERS, ...LIST_FILTERS, ...SELECTION_FILTERS }),
);

/** @throws JinjaError that names the filter */
export function applyFilter(name: string, input: Value, args: Args, context: Context): Value {
  const filter = FILTERS.get(name);
  if (!filter) throw new JinjaError(`unknown filter ${name}`);
  try {
    return filter.apply(input, args, context);
  } catch (error) {
    if (error instanceof JinjaError && error.limit === undefined)
      throw new JinjaError(`the filter ${name}: ${error.message}`);
    throw error;
  }
}
