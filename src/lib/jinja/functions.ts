import { isEqual, itemsOf } from './values/compare.ts';
import { bindArgs, type Context } from './values/context.ts';
import { JinjaError } from './values/errors.ts';
import { indexOf } from './values/numbers.ts';
import {
  type Args,
  Callable,
  entriesOf,
  isMapping,
  JinjaObject,
  type Mapping,
  Members,
  mapKey,
  textOf,
  type Value,
} from './values/values.ts';

const MAX_RANGE = 100_000;

/** The function of this name, which a variable may hide. */
export function globalFunction(name: string, context: Context): Callable | undefined {
  const call = FUNCTIONS.get(name);
  return call && new Callable(name, (args) => call(args, context));
}

const FUNCTIONS: ReadonlyMap<string, (args: Args, context: Context) => Value> = new Map(
  Object.entries({ range, dict, namespace, cycler, joiner }),
);

export const FUNCTION_NAMES: readonly string[] = [...FUNCTIONS.keys()];

function range({ positional }: Args, { budget }: Context): Value {
  const [first = 0, second, third = 1] = positional.map((value) => indexOf(value, 'an argument of range'));
  if (positional.length === 0 || positional.length > 3) throw new JinjaError('range takes one to three arguments');
  const [from, to] = second === undefined ? [0, first] : [first, second];
  if (third === 0) throw new JinjaError('the step of range cannot be 0');
  const length = Math.max(0, Math.ceil((to - from) / third));
  if (length > MAX_RANGE) throw new JinjaError(`range has too many elements: ${length}, of at most ${MAX_RANGE}`);
  budget.entries(length);
  return Array.from({ length }, (_, i) => from + i * third);
}

function dict({ positional, named }: Args, { budget }: Context): Value {
  const [from = new Map()] = positional;
  const pairs = isMapping(from) ? entriesOf(from) : itemsOf(from, budget).map((pair) => pairOf(pair, budget));
  budget.entries(3 * (pairs.length + named.size));
  return new Map<Value, Value>([...pairs.map(([key, value]) => [mapKey(key), value] as const), ...named]);
}

function pairOf(value: Value, budget: Context['budget']): readonly [Value, Value] {
  const pair = itemsOf(value, budget);
  if (pair.length !== 2) throw new JinjaError('dict needs pairs of a key and a value');
  return pair as unknown as readonly [Value, Value];
}

function namespace(args: Args, context: Context): Value {
  const entries = entriesOf(dict(args, context) as Mapping);
  return new Members('namespace', new Map(entries.map(([name, value]) => [textOf(name) ?? '', value])));
}

class Cycler extends JinjaObject {
  readonly kind = 'cycler';
  readonly #items: readonly Value[];
  #at = 0;
  constructor(items: readonly Value[]) {
    super();
    this.#items = items;
  }
  override attribute(name: string): Value | undefined {
    if (name === 'current') return this.#items[this.#at];
    if (name === 'next') return new Callable('next', () => this.#next());
    if (name !== 'reset') return undefined;
    return new Callable('reset', () => {
      this.#at = 0;
      return null;
    });
  }
  #next(): Value {
    const item = this.#items[this.#at] as Value;
    this.#at = (this.#at + 1) % this.#items.length;
    return item;
  }
}

function cycler({ positional }: Args): Value {
  if (positional.length === 0) throw new JinjaError('cycler needs at least one item');
  return new Cycler(positional);
}

/** A function that returns nothing the first time, and the separator each time after. */
function joiner(args: Args): Value {
  const [separator = ', '] = bindArgs(['sep'], args);
  let isFirst = true;
  return new Callable('joiner', () => {
    if (!isFirst) return separator;
    isFirst = false;
    return '';
  });
}

/** The variable `loop`. Called, it renders the loop for other items, if that is recursive. */
export class Loop extends Callable {
  readonly #items: readonly Value[];
  readonly #depth: number;
  #changed: readonly Value[] | undefined;
  at = 0;

  constructor(items: readonly Value[], depth: number, recurse: ((args: Args) => Value) | undefined) {
    super('loop', (args) => {
      if (!recurse) throw new JinjaError('the loop is not recursive: write {% for … recursive %}');
      return recurse(args);
    });
    this.#items = items;
    this.#depth = depth;
  }

  override attribute(name: string): Value | undefined {
    const { length } = this.#items;
    switch (name) {
      case 'index':
        return this.at + 1;
      case 'index0':
        return this.at;
      case 'revindex':
        return length - this.at;
      case 'revindex0':
        return length - this.at - 1;
      case 'first':
        return this.at === 0;
      case 'last':
        return this.at === length - 1;
      case 'length':
        return length;
      case 'depth':
        return this.#depth + 1;
      case 'depth0':
        return this.#depth;
      case 'previtem':
        return this.#items[this.at - 1];
      case 'nextitem':
        return this.#items[this.at + 1];
      case 'cycle':
        return new Callable('cycle', ({ positional }) => {
          if (positional.length === 0) throw new JinjaError('cycle needs at least one item');
          return positional[this.at % positional.length] as Value;
        });
      case 'changed':
        return new Callable('changed', ({ positional }) => this.#isChanged(positional));
    }
    return undefined;
  }

  #isChanged(values: readonly Value[]): boolean {
    const before = this.#changed;
    this.#changed = values;
    return before === undefined || !isEqual(before, values);
  }
}
