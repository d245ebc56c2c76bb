import { Fault } from '../../core/errors.ts';
import type { Json } from '../../lib/json.ts';

/** Characters that the expressions of one value may make together, as JSON. */
const MAX_EVALUATED_CHARACTERS = 64 * 2 ** 20;
/** Of a number, a boolean, null, or what surrounds a string. */
const SCALAR_CHARACTERS = 4;

/** Counts what expressions make: a short document can refer to one large value many times. */
export interface SizeBudget {
  /** @throws Fault RESOURCE_TOO_LARGE when all values together are too large */
  count(value: Json): void;
}

export function createSizeBudget(): SizeBudget {
  /** A single value is no larger than what it is taken from, so it is measured only when another follows. */
  let first: Json | undefined;
  let isFirst = true;
  let left = MAX_EVALUATED_CHARACTERS;
  const measured = new Map<Json, number>();
  const subtract = (value: Json) => {
    const size = measured.get(value) ?? sizeOf(value);
    if (typeof value === 'object') measured.set(value, size);
    left -= size;
    if (left >= 0) return;
    const message = `The expressions make more than ${MAX_EVALUATED_CHARACTERS} characters together. Refer to large values less often, or use a transform step.`;
    throw new Fault('RESOURCE_TOO_LARGE', message);
  };
  return {
    count(value) {
      if (isFirst) {
        isFirst = false;
        first = value;
        return;
      }
      if (first !== undefined) subtract(first);
      first = undefined;
      subtract(value);
    },
  };
}

/** Characters of the value as JSON, approximately. */
function sizeOf(value: Json): number {
  if (typeof value === 'string') return value.length + SCALAR_CHARACTERS;
  if (typeof value !== 'object' || value === null) return SCALAR_CHARACTERS;
  let size = SCALAR_CHARACTERS;
  if (Array.isArray(value)) for (const item of value) size += sizeOf(item);
  else for (const [name, item] of Object.entries(value)) size += name.length + SCALAR_CHARACTERS + sizeOf(item);
  return size;
}
