import type { ErrorObject } from 'ajv/dist/2020.js';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { type JsonType, jsonTypesOf, type StaticType, typeOfTemplate } from '../expressions/static-type.ts';
import { type DocumentKeys, type OptionProblem, optionName, validatorOf } from './check-options.ts';

/** A value of each type. The number fits `integer` too: whether a number is whole is not known in advance. */
const SAMPLES: Readonly<Record<JsonType, Json>> = {
  string: '',
  number: 1,
  boolean: true,
  null: null,
  array: [],
  object: {},
};
const WORDS: Readonly<Record<string, string>> = {
  ...{ string: 'text', number: 'a number', integer: 'a whole number', boolean: 'a boolean', null: 'null' },
  ...{ array: 'a list', object: 'an object' },
};
/** Any of their schemas may be meant, so that a wrong type in one of them says nothing. */
const ALTERNATIVES = new Set(['anyOf', 'oneOf', 'not', 'if']);

/** A string with expressions, whose value has one of the types. */
interface TypedText {
  readonly path: readonly string[];
  readonly text: string;
  readonly type: StaticType;
  readonly types: readonly JsonType[];
}

/**
 * Finds strings with expressions whose value, whatever it is, has none of the types that the schema asks for.
 * @param names schema of an object with the names that expressions may use
 */
export function checkTypes(
  schema: JsonObject,
  options: JsonObject,
  names: JsonObject,
  spell: DocumentKeys = (path) => path,
): readonly OptionProblem[] {
  const texts = typedTexts(options, names);
  if (texts.size === 0) return [];
  const passes = Math.max(...[...texts.values()].map(({ types }) => types.length));
  const validate = validatorOf(schema);
  /** By JSON pointer, the types that the schema asks for where each value so far had another one. */
  let failed = new Map<string, readonly string[]>();
  for (let pass = 0; pass < passes; pass += 1) {
    const valid = validate(withSamples(options, '', texts, pass));
    const errors = valid ? new Map<string, readonly string[]>() : typeErrors(validate.errors ?? []);
    failed = pass === 0 ? errors : new Map([...failed].filter(([pointer]) => errors.has(pointer)));
  }
  return [...failed].flatMap(([pointer, wanted]) => {
    const found = texts.get(pointer);
    return found ? [problemOf(found, wanted, spell)] : [];
  });
}

function typedTexts(options: JsonObject, names: JsonObject): ReadonlyMap<string, TypedText> {
  const texts = new Map<string, TypedText>();
  const visit = (value: Json, path: readonly string[], pointer: string): void => {
    if (typeof value === 'string') {
      if (!value.includes('{{')) return;
      const type = typeOfTemplate(value, names);
      const types = jsonTypesOf(type);
      if (types) texts.set(pointer, { path, text: value, type, types: [...types] });
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value))
        visit(inner, [...path, name], `${pointer}/${escapePointer(name)}`);
    }
  };
  visit(options, [], '');
  return texts;
}

/** RFC 6901, section 3. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function withSamples(value: Json, pointer: string, texts: ReadonlyMap<string, TypedText>, pass: number): Json {
  if (typeof value === 'string') {
    const types = texts.get(pointer)?.types;
    const type = types?.[Math.min(pass, types.length - 1)];
    return type === undefined ? value : SAMPLES[type];
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one, i) => withSamples(one, `${pointer}/${i}`, texts, pass));
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, one]) => [name, withSamples(one, `${pointer}/${escapePointer(name)}`, texts, pass)]),
  );
}

function typeErrors(errors: readonly ErrorObject[]): Map<string, readonly string[]> {
  const unclear = errors.filter(({ keyword }) => ALTERNATIVES.has(keyword)).map(({ instancePath }) => instancePath);
  const isUnclear = (pointer: string) => unclear.some((at) => pointer === at || pointer.startsWith(`${at}/`));
  const typed = errors.filter(({ keyword, instancePath }) => keyword === 'type' && !isUnclear(instancePath));
  return new Map(typed.map(({ instancePath, params }) => [instancePath, [params.type].flat() as readonly string[]]));
}

function problemOf(
  { path, text, type, types }: TypedText,
  wanted: readonly string[],
  spell: DocumentKeys,
): OptionProblem {
  const named = spell(path);
  const message = () => {
    const words = (all: readonly string[]) => all.map((one) => WORDS[one] ?? one).join(' or ');
    const what = path.length === 0 ? 'the options' : optionName(named);
    return `${what} must be ${words(wanted)}, but ${shorten(text)} is ${words(types)}.${adviceOf(text, type, types, wanted)}`;
  };
  return { path: named, message };
}

function adviceOf(text: string, type: StaticType, types: readonly JsonType[], wanted: readonly string[]): string {
  const expression = /^\{\{([\s\S]*)\}\}$/.exec(text)?.[1]?.trim();
  if (expression === undefined) return ' Text around an expression makes the value text: write the expression alone.';
  const write = (more: string) => shorten(`{{ ${expression}${more} }}`);
  if (wanted.includes('string')) {
    if (types.every((one) => one !== 'array' && one !== 'object')) return ` Write ${write(' | string')}.`;
    const isResource = isJsonObject(type?.properties) && type.properties.uri !== undefined;
    const uri = isResource ? `${write('.uri')} for its URI, or ` : '';
    return ` Write ${uri}${write(' | tojson')} for it as text.`;
  }
  if (types.includes('string') && wanted.includes('integer')) return ` Write ${write(' | int')}.`;
  if (types.includes('string') && wanted.includes('number')) return ` Write ${write(' | float')}.`;
  return '';
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
