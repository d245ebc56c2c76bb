import { Fault } from '../../core/errors.ts';
import { pluralOf, singularOf } from './plural.ts';
import { RESERVED_CLASSES, RESERVED_FIELDS, RESERVED_VARIABLES } from './reserved-words.ts';

/** What a resource is called where code is made for it. */
export interface ResourceNames {
  /** `OrderItem` */
  readonly name: string;
  /** `order_item` */
  readonly variable: string;
  /** `order_items`: its path and its table. */
  readonly plural: string;
}

/** One underscore at a time, none at the ends: then it has one spelling in camelCase. */
export const SNAKE_CASE = '^[a-z][a-z0-9]*(_[a-z0-9]+)*$';
export const PASCAL_CASE = '^[A-Z][A-Za-z0-9]*$';
export const MAX_NAME_CHARS = 40;

const RESOURCE_NAME = /^[A-Za-z][A-Za-z0-9]*([ _-][A-Za-z0-9]+)*$/;
const SNAKE_CASE_PATTERN = new RegExp(SNAKE_CASE);

/**
 * Makes names of what people call a resource: `order items`, `OrderItem` and `order-item` are the same.
 * @throws Fault BAD_INPUT for what cannot be a name in Python, JavaScript, SQL and a URL alike
 */
export function resourceNames(text: string): ResourceNames {
  const given = text.trim();
  if (given.length > MAX_NAME_CHARS || !RESOURCE_NAME.test(given)) {
    const shown = JSON.stringify(given.slice(0, MAX_NAME_CHARS));
    const message = `${shown} cannot be the name of a resource. Take a noun such as Listing or OrderItem: letters, digits, ${MAX_NAME_CHARS} characters at most.`;
    throw new Fault('BAD_INPUT', message, { path: ['resource'] });
  }
  const variable = singularOf(snakeCase(given));
  const name = pascalCase(variable);
  if (RESERVED_VARIABLES.has(variable) || RESERVED_CLASSES.has(name)) {
    const message = `A resource cannot be called ${name}: that means something else in code. Call it Shop${name}, or what it is in your trade.`;
    throw new Fault('BAD_INPUT', message, { path: ['resource'] });
  }
  return { name, variable, plural: pluralOf(variable) };
}

/** Why no field can be called so; undefined when one can. */
export function fieldNameProblem(name: string): string | undefined {
  if (!isSnakeCase(name)) {
    return `${JSON.stringify(name.slice(0, MAX_NAME_CHARS))} cannot be the name of a field: snake_case, ${MAX_NAME_CHARS} characters at most`;
  }
  if (RESERVED_FIELDS.has(name) || name.startsWith('model_')) {
    return `a field cannot be called ${name}, which means something else in generated code: call it e.g. ${name.replace(/^model_/, '')}_value`;
  }
  return undefined;
}

export function isSnakeCase(name: string): boolean {
  return name.length <= MAX_NAME_CHARS && SNAKE_CASE_PATTERN.test(name);
}

/** `OrderItem`, `order item` and `order-item` as `order_item`. */
export function snakeCase(text: string): string {
  return text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replaceAll(/[ _-]+/g, '_')
    .toLowerCase();
}

export function pascalCase(snake: string): string {
  return snake.split('_').map(capitalize).join('');
}

export function camelCase(snake: string): string {
  const [first = '', ...rest] = snake.split('_');
  return first + rest.map(capitalize).join('');
}

function capitalize(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
