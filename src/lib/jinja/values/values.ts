import { JinjaError } from './errors.ts';

/**
 * A value of a template. JSON is one as it is, and is never changed. A number that is whole is an int, any other a
 * float; `Float` is a float that happens to be whole, and `bigint` an int that a number cannot hold.
 * No other object of JavaScript is a value, and members are read only where their names are own keys of JSON or are
 * defined here, so that a template reaches nothing of the runtime around it.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Value[]
  | ReadonlyMap<Value, Value>
  | { readonly [key: string]: Value }
  | JinjaObject;

/** A mapping: JSON, or a `Map` where a template made it. */
export type Mapping = ReadonlyMap<Value, Value> | { readonly [key: string]: Value };

/** What is neither JSON nor a map. */
export abstract class JinjaObject {
  /** The word for it in messages. */
  abstract readonly kind: string;

  /** The member of this name that templates may read. */
  attribute(_name: string): Value | undefined {
    return undefined;
  }
}

export class Float extends JinjaObject {
  readonly kind = 'float';
  readonly value: number;
  constructor(value: number) {
    super();
    this.value = value;
  }
}

/** Text that is HTML already. */
export class Markup extends JinjaObject {
  readonly kind = 'str';
  readonly text: string;
  constructor(text: string) {
    super();
    this.text = text;
  }
}

/** What a name or a member that does not exist stands for. */
export class Undefined extends JinjaObject {
  readonly kind = 'undefined';
  readonly message: string;
  /** Set for an error wherever it is used. */
  readonly strict: boolean;
  constructor(message: string, strict: boolean) {
    super();
    this.message = message;
    this.strict = strict;
  }
}

export interface Args {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

export class Callable extends JinjaObject {
  readonly kind = 'function';
  readonly name: string;
  readonly call: (args: Args) => Value;
  constructor(name: string, call: (args: Args) => Value) {
    super();
    this.name = name;
    this.call = call;
  }
  override attribute(name: string): Value | undefined {
    return name === 'name' ? this.name : undefined;
  }
}

/** An object with named members. Only those of a namespace can be set, by `{% set ns.name = … %}`. */
export class Members extends JinjaObject {
  readonly kind: string;
  readonly members: Map<string, Value>;
  constructor(kind: string, members: Map<string, Value>) {
    super();
    this.kind = kind;
    this.members = members;
  }
  override attribute(name: string): Value | undefined {
    return this.members.get(name);
  }
}

export class Tuple extends Array<Value> {
  /** What `map` and its kin return. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
  static with(...items: readonly Value[]): Tuple {
    return Tuple.copy(items);
  }
  static copy(items: Iterable<Value>): Tuple {
    const tuple = new Tuple();
    for (const item of items) tuple.push(item);
    return tuple;
  }
}

/** An entry of `groupby`. */
export class Group extends Tuple {}

/** What `items`, `keys` and `values` of a mapping return. */
export class MapView extends Array<Value> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
  readonly name: string;
  constructor(name: string) {
    super();
    this.name = name;
  }
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMapping(value: Value): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JinjaObject);
}

/** The text of a string, whether it is markup or not. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Markup ? value.text : undefined;
}

export function isText(value: Value): value is string | Markup {
  return typeof value === 'string' || value instanceof Markup;
}

export function getKey(mapping: Mapping, key: Value): Value | undefined {
  if (mapping instanceof Map) return mapping.get(mapKey(key));
  const name = textOf(key);
  if (name === undefined || !Object.hasOwn(mapping, name)) return undefined;
  return (mapping as { readonly [key: string]: Value })[name];
}

export function keysOf(mapping: Mapping): readonly Value[] {
  return mapping instanceof Map ? [...mapping.keys()] : Object.keys(mapping);
}

export function entriesOf(mapping: Mapping): readonly (readonly [Value, Value])[] {
  return mapping instanceof Map ? [...mapping] : Object.entries(mapping);
}

export function sizeOf(mapping: Mapping): number {
  return mapping instanceof Map ? mapping.size : Object.keys(mapping).length;
}

/** The key as a `Map` has it: equal keys are identical. @throws JinjaError for a list or a mapping */
export function mapKey(key: Value): Value {
  if (key instanceof Markup) return key.text;
  if (key instanceof Float) return key.value;
  if (key === null || typeof key !== 'object') return key;
  throw new JinjaError(`${kindOf(key)} cannot be a key`);
}

/** The type as Python names it. */
export function kindOf(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'bigint':
      return 'int';
  }
  if (value === null) return 'none';
  if (Array.isArray(value)) return value instanceof Tuple ? 'tuple' : 'list';
  return value instanceof JinjaObject ? value.kind : 'dict';
}

/** @throws JinjaError where the value is not defined and templates are strict */
export function checkDefined(value: Value): void {
  if (value instanceof Undefined && value.strict) throw new JinjaError(value.message);
}

export function isTruthy(value: Value): boolean {
  checkDefined(value);
  if (typeof value !== 'object' || value === null) return Boolean(value);
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Markup) return value.text !== '';
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof JinjaObject) return !(value instanceof Undefined);
  return sizeOf(value as Mapping) > 0;
}
