import type { Budget } from './budget.ts';
import { JinjaError } from './errors.ts';
import type { Args, Value } from './values.ts';

/** What filters, tests, functions and methods may use. */
export interface Context {
  readonly budget: Budget;
  /** Whether printed text is escaped here. */
  readonly autoescape: boolean;
  /** Whether using what is not defined is an error. */
  readonly strict: boolean;
  applyFilter(name: string, input: Value, args: Args): Value;
  hasFilter(name: string): boolean;
  applyTest(name: string, input: Value, args: Args): boolean;
}

/** A filter, or a method of a value. */
export interface Operation {
  apply(input: Value, args: Args, context: Context): Value;
}

/** Arguments by the names of the parameters; undefined where one is not given. */
export type Bound = readonly (Value | undefined)[];

/** @param parameters names, separated by spaces */
export function operation(
  parameters: string,
  apply: (input: Value, args: Bound, context: Context) => Value,
): Operation {
  const names = parameters === '' ? [] : parameters.split(' ');
  return { apply: (input, args, context) => apply(input, bindArgs(names, args), context) };
}

/** @throws JinjaError for an argument that no parameter takes */
export function bindArgs(names: readonly string[], { positional, named }: Args): Bound {
  if (positional.length > names.length) {
    throw new JinjaError(`takes at most ${names.length} arguments, and got ${positional.length}`);
  }
  if (named.size === 0) return positional;
  for (const name of named.keys()) {
    const at = names.indexOf(name);
    if (at < 0) throw new JinjaError(`takes no argument ${name}`);
    if (at < positional.length) throw new JinjaError(`got the argument ${name} twice`);
  }
  return names.map((name, i) => (i < positional.length ? positional[i] : named.get(name)));
}
