import { JinjaError } from './errors.ts';
import { Float, kindOf, type Value } from './values.ts';

/** Of an int; about 4,900 digits. */
const MAX_INT_BITS = 16_384;

/** A float; whole ones are distinct from ints. */
export function toFloat(value: number): Value {
  return Number.isInteger(value) ? new Float(value) : value;
}

export function toInt(value: bigint): Value {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function isFloat(value: Value): boolean {
  return value instanceof Float || (typeof value === 'number' && !isInt(value));
}

/** JSON may hold whole numbers that a number cannot hold exactly; from 10²¹ on they are written with an exponent. */
export function isInt(value: Value): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e21);
}

/** The number that a value is, as a boolean also is one; undefined for anything else. */
export function numberOf(value: Value): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Float ? value.value : undefined;
}

/** An int that can count or index. @throws JinjaError */
export function indexOf(value: Value, what: string): number {
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  if (typeof number === 'bigint') return number > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
  throw new JinjaError(`${what} must be an int, not ${kindOf(value)}`);
}

/** `+ - * / // % **` of two numbers. @throws JinjaError for a division by zero and results that are too large */
export function arithmetic(operator: string, left: Value, right: Value): Value {
  const a = numberOf(left);
  const b = numberOf(right);
  if (a === undefined || b === undefined) {
    throw new JinjaError(`${operator} is not possible between ${kindOf(left)} and ${kindOf(right)}`);
  }
  if ((operator === '/' || operator === '//' || operator === '%') && Number(b) === 0) {
    throw new JinjaError('division by zero');
  }
  const floats = isFloat(left) || isFloat(right);
  if (operator === '/') return toFloat(Number(a) / Number(b));
  if (operator === '**') return power(a, b, floats);
  if (floats) return toFloat(numberArithmetic(operator, Number(a), Number(b)));
  if (typeof a === 'number' && typeof b === 'number') {
    const result = numberArithmetic(operator, a, b);
    if (Number.isSafeInteger(result)) return result + 0;
  }
  return toInt(bounded(bigArithmetic(operator, BigInt(a), BigInt(b))));
}

function numberArithmetic(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '//':
      return Math.floor(a / b);
    default:
      return modulo(a, b);
  }
}

/** With the sign of the divisor, as in Python. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

function bigArithmetic(operator: string, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
  }
  const rest = a % b;
  const isOff = rest !== 0n && rest < 0n !== b < 0n;
  if (operator === '%') return isOff ? rest + b : rest;
  return isOff ? a / b - 1n : a / b;
}

function power(a: number | bigint, b: number | bigint, floats: boolean): Value {
  if (!floats && b >= 0) {
    const base = BigInt(a);
    const bits = base.toString(16).length * 4 * Number(b);
    if (base * base > 1n && bits > MAX_INT_BITS) throw tooLarge();
    return toInt(base ** BigInt(b));
  }
  if (Number(a) === 0 && b < 0) throw new JinjaError('0 cannot be raised to a negative power');
  const result = Number(a) ** Number(b);
  if (Number.isNaN(result) || !Number.isFinite(result)) throw tooLarge();
  return toFloat(result);
}

function bounded(value: bigint): bigint {
  const size = value < 0n ? -value : value;
  if (size >> BigInt(MAX_INT_BITS)) throw tooLarge();
  return value;
}

function tooLarge(): JinjaError {
  return new JinjaError('the number is too large');
}

export function negate(value: Value): Value {
  return isFloat(value) ? toFloat(-Number(numberOf(value))) : arithmetic('-', 0, value);
}

/** Rounds half to even, as `round` of Python does for the exact value of the number. */
export function roundHalfEven(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 22) return value;
  if (digits < 0) {
    const unit = 10 ** -digits;
    const quotient = value / unit;
    const floor = Math.floor(quotient);
    const rest = quotient - floor;
    const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
    return (floor + (up ? 1 : 0)) * unit;
  }
  return Number(toFixed(value, digits));
}

/** `toFixed` with ties to even, as C and Python print; a tie exists only where the number is exactly halfway. */
export function toFixed(value: number, digits: number): string {
  if (Math.abs(value) >= 1e21) return BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');
  const text = value.toFixed(digits);
  const exact = value.toFixed(Math.min(100, digits + 30));
  const tail = exact.slice(digits === 0 ? exact.indexOf('.') + 1 : exact.indexOf('.') + 1 + digits);
  if (!/^50*$/.test(tail)) return text;
  const kept = exact.slice(0, exact.length - tail.length).replace(/\.$/, '');
  return Number(kept.at(-1)) % 2 === 0 ? kept : text;
}
