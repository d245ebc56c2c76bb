import { Fault } from '../../core/errors.ts';
import { pluralOf, singularOf } from './plural.ts';
import { RESERVED_CLASSES, RESERVED_FIELDS, RESERVED_VARIABLES } from './reserved-words.ts';

/** Names of a resource in generated code. */
export interface ResourceNames {
  /** `OrderItem` */
  readonly name: string;
  /** `order_item` */
  readonly variable: string;
  /** `order_items`: its path and its table. */
  readonly plural: string;
}

/** Single underscores, none at the ends: so each name has exactly one spelling in camelCase. */
export const SNAKE_CASE = '^[a-z][a-z0-9]*(_[a-z0-9]+)*$';
export const PASCAL_CASE = '^[A-Z][A-Za-z0-9]*$';
export const MAX_NAME_CHARS = 40;

const RESOURCE_NAME = /^[A-Za-z][A-Za-z0-9]*([ _-][A-Za-z0-9]+)*$/;
const SNAKE_CASE_PATTERN = new RegExp(SNAKE_CASE);

/**
 * Derives the names of a resource from how people write it: `order items`, `OrderItem` and `order-item` are the same.
 * @throws Fault BAD_INPUT for a text that is not a valid name in Python, JavaScript, SQL and URLs
 */
export function resourceNames(text: string): ResourceNames {
  const label = text.trim();
  if (label.length > MAX_NAME_CHARS || !RESOURCE_NAME.test(label)) {
    const shown = JSON.stringify(label.slice(0, MAX_NAME_CHARS));
    const message = `${shown} cannot be the name of a resource. Use a noun such as Listing or OrderItem: letters and digits, at most ${MAX_NAME_CHARS} characters.`;
    throw new Fault('BAD_INPUT', message, { path: ['resource'] });
  }
  const variable = singularOf(snakeCase(label));
  const name = pascalCase(variable);
  if (RESERVED_VARIABLES.has(variable) || RESERVED_CLASSES.has(name)) {
    const message = `A resource cannot be called ${name}, because that name is reserved in code. Call it Shop${name}, or use a more specific name.`;
    throw new Fault('BAD_INPUT', message, { path: ['resource'] });
  }
  return { name, variable, plural: pluralOf(variable) };
}

/** Why a field cannot have this name; undefined when it can. */
export function fieldNameProblem(name: string): string | undefined {
  if (!isSnakeCase(name)) {
    return `${JSON.stringify(name.slice(0, MAX_NAME_CHARS))} cannot be the name of a field: use snake_case, at most ${MAX_NAME_CHARS} characters`;
  }
  if (RESERVED_FIELDS.has(name) || name.startsWith('model_')) {
    return `a field cannot be called ${name}, because that name is reserved in code: call it, for example, ${name.replace(/^model_/, '')}_value`;
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
