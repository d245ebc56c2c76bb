import type { Budget } from './budget.ts';
import { JinjaError } from './errors.ts';
import { isFloat } from './numbers.ts';
import {
  checkDefined,
  entriesOf,
  Float,
  isMapping,
  JinjaObject,
  kindOf,
  type Mapping,
  MapView,
  Markup,
  Tuple,
  Undefined,
  type Value,
} from './values.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

export function escapeMarkup(text: string): string {
  return /[&<>"']/.test(text) ? text.replaceAll(/[&<>"']/g, (char) => ENTITIES[char] as string) : text;
}

/** The value as HTML: escaped, unless it is markup. @throws JinjaError */
export function toMarkup(value: Value, budget: Budget): string {
  return value instanceof Markup ? value.text : escapeMarkup(toText(value, budget));
}

/** The value as `str` of Python has it. @throws JinjaError */
export function toText(value: Value, budget: Budget): string {
  if (typeof value === 'string') return value;
  if (value instanceof Markup) return value.text;
  if (value instanceof Undefined) {
    checkDefined(value);
    return '';
  }
  return represent(value, budget);
}

/** The value as `repr` of Python has it. @throws JinjaError */
export function represent(value: Value, budget: Budget): string {
  const parts: string[] = [];
  const write = (part: string) => {
    budget.bytes(part.length);
    parts.push(part);
  };
  writeRepresentation(value, write);
  return parts.join('');
}

function writeRepresentation(value: Value, write: (part: string) => void): void {
  const scalar = representScalar(value);
  if (scalar !== undefined) write(scalar);
  else if (Array.isArray(value)) writeList(value, write);
  else if (isMapping(value)) writeMapping(value, write);
  else {
    checkDefined(value);
    write(value instanceof Undefined ? 'Undefined' : `<${kindOf(value)}>`);
  }
}

function representScalar(value: Value): string | undefined {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quote(value);
  if (value instanceof Markup) return `Markup(${quote(value.text)})`;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return isFloat(value) ? formatFloat(value) : String(value);
  if (value instanceof Float) return formatFloat(value.value);
  return undefined;
}

function writeList(list: readonly Value[], write: (part: string) => void): void {
  const [open, close] = list instanceof Tuple ? ['(', ')'] : ['[', ']'];
  if (list instanceof MapView) write(`dict_${list.name}(`);
  write(open);
  for (const [i, item] of list.entries()) {
    if (i > 0) write(', ');
    writeRepresentation(item, write);
  }
  write(list instanceof Tuple && list.length === 1 ? `,${close}` : close);
  if (list instanceof MapView) write(')');
}

function writeMapping(mapping: Mapping, write: (part: string) => void): void {
  write('{');
  for (const [i, [key, value]] of entriesOf(mapping).entries()) {
    if (i > 0) write(', ');
    writeRepresentation(key, write);
    write(': ');
    writeRepresentation(value, write);
  }
  write('}');
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll(/[\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (ESCAPES[char]) return ESCAPES[char];
    if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
  });
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
}

/** The shortest text that reads as the same number, in the notation of Python. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (value !== 0 && exponent < 0) {
    const sign = value < 0 ? '-' : '';
    return `${sign}0.${'0'.repeat(-exponent - 1)}${digits.replace(/[-.]/g, '')}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

export interface JsonLayout {
  /** What each level is indented with. */
  readonly indent?: string;
}

/**
 * JSON with the spaces of `json.dumps` of Python, its keys in their order. Characters that are not ASCII are written as they are, because their
 * escapes mean something else in Python and in GraphQL.
 * @throws JinjaError for what is not JSON
 */
export function toJsonText(value: Value, budget: Budget, { indent }: JsonLayout = {}): string {
  const parts: string[] = [];
  const write = (part: string) => {
    budget.bytes(part.length);
    parts.push(part);
  };
  const newLine = (level: number) => (indent === undefined ? '' : `\n${indent.repeat(level)}`);
  const comma = indent === undefined ? ', ' : ',';
  const visit = (one: Value, level: number): void => {
    if (Array.isArray(one)) {
      for (const [i, item] of one.entries()) {
        write(`${i === 0 ? '[' : comma}${newLine(level + 1)}`);
        visit(item, level + 1);
      }
      write(one.length === 0 ? '[]' : `${newLine(level)}]`);
    } else if (isMapping(one)) {
      const entries = entriesOf(one);
      for (const [i, [key, item]] of entries.entries()) {
        write(`${i === 0 ? '{' : comma}${newLine(level + 1)}${jsonKey(key)}: `);
        visit(item, level + 1);
      }
      write(entries.length === 0 ? '{}' : `${newLine(level)}}`);
    } else write(jsonScalar(one));
  };
  visit(value, 0);
  return parts.join('');
}

/** The key of a mapping as JSON text. @throws JinjaError */
export function jsonKey(key: Value): string {
  return typeof key === 'string' ? jsonScalar(key) : `"${jsonScalar(key)}"`;
}

function jsonScalar(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (value === null || typeof value === 'boolean') return String(value);
  if (value instanceof Markup) return jsonScalar(value.text);
  if (value instanceof Undefined || value instanceof JinjaObject !== value instanceof Float) {
    throw new JinjaError(`${kindOf(value)} cannot be written as JSON`);
  }
  const text = representScalar(value) ?? '';
  if (/^-?(?:inf|nan)$/.test(text)) throw new JinjaError(`${text} cannot be written as JSON`);
  return text;
}
