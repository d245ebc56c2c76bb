import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  stringify,
} from 'yaml';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { checkYaml, tokenCountProblem } from './check-yaml.ts';
import type { DocumentPath, Locate, Position } from './model/problems.ts';
import type { Problem } from './model/workflow-document.ts';
import { MAX_DOCUMENT_BYTES, MAX_DOCUMENT_VALUES, MAX_NESTING } from './model/workflow-limits.ts';

export type WorkflowSource = { readonly text: string } | { readonly document: Json };

/** The value of a source, and where in its text things stand. Without a value the problems say why. */
export interface ParsedSource {
  readonly value?: JsonObject;
  readonly yaml: string;
  readonly locate: Locate;
  readonly problems: readonly Problem[];
}

/** Of a text that is no YAML; the first is what the others come from. */
const MAX_YAML_PROBLEMS = 50;
const NO_POSITION: Locate = () => undefined;

/** Reads YAML 1.2 or JSON, or takes a value as it is. Never throws on what it is given. */
export function readSource(source: WorkflowSource): ParsedSource {
  if ('document' in source) return readValue(source.document);
  const { text } = source;
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) return invalidSource(tooLarge(), '');
  try {
    return readText(text);
  } catch (error) {
    // The parser calls itself for each level.
    if (error instanceof RangeError) return invalidSource(tooDeep(), text);
    throw error;
  }
}

function readValue(document: Json): ParsedSource {
  const problem = problemOf(document);
  if (problem !== undefined) return invalidSource(problem, '');
  if (!isJsonObject(document)) return invalidSource(noObject(), '');
  const yaml = stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
  if (Buffer.byteLength(yaml) > MAX_DOCUMENT_BYTES) return invalidSource(tooLarge(), '');
  return { value: document, yaml, locate: NO_POSITION, problems: [] };
}

function readText(text: string): ParsedSource {
  const lines = new LineCounter();
  const unfit = depthProblem(text) ?? tokenCountProblem(text);
  if (unfit !== undefined) return invalidSource(unfit, text);
  const options = { lineCounter: lines, logLevel: 'silent', prettyErrors: false, uniqueKeys: false } as const;
  const document = parseDocument(text, options);
  const where = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.some(({ message }) => message.includes('Maximum call stack')))
    return invalidSource(tooDeep(), text);
  const problems = [
    ...document.errors.map((error): Problem => ({ ...yamlProblem(error), severity: 'ERROR', ...where(error.pos[0]) })),
    ...document.warnings.map(
      (error): Problem => ({ ...yamlProblem(error), severity: 'WARNING', ...where(error.pos[0]) }),
    ),
    ...checkYaml(document).map(({ message, offset }): Problem => ({ severity: 'ERROR', message, ...where(offset) })),
  ];
  if (problems.some(({ severity }) => severity === 'ERROR')) {
    return { yaml: text, locate: NO_POSITION, problems: problems.slice(0, MAX_YAML_PROBLEMS) };
  }
  const locate: Locate = (path, key) => {
    const offset = offsetOf(document, path, key);
    return offset === undefined ? undefined : where(offset);
  };
  const value = jsonOf(document);
  if (typeof value === 'string') return { ...invalidSource(value, text), locate };
  const wrong = problemOf(value.json);
  if (wrong !== undefined) return invalidSource(wrong, text);
  if (!isJsonObject(value.json)) return { ...invalidSource(noObject(), text), locate };
  return { value: value.json, yaml: text, locate, problems };
}

/** The value, or why it has none. */
function jsonOf(document: Document): { readonly json: Json } | string {
  try {
    return { json: document.toJS({ maxAliasCount: 100 }) as Json };
  } catch (error) {
    if (error instanceof ReferenceError)
      return 'This YAML uses aliases (*name) too often. Write out what they stand for.';
    throw error;
  }
}

function yamlProblem(error: { readonly message: string }): { readonly message: string } {
  return { message: `This is not valid YAML: ${(error.message.split('\n')[0] ?? '').slice(0, 300)}` };
}

/** Brackets beyond any document, found before the parser calls itself for each. */
function depthProblem(text: string): string | undefined {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 91 || code === 123) depth += 1;
    else if (code === 93 || code === 125) depth = Math.max(0, depth - 1);
    if (depth > 1_000) return tooDeep();
  }
  return undefined;
}

/** What no document may be: deeper or larger than allowed, or with values that JSON has no place for. */
function problemOf(value: unknown): string | undefined {
  let values = 0;
  const visit = (one: unknown, depth: number): string | undefined => {
    values += 1;
    if (values > MAX_DOCUMENT_VALUES) return `The document has more than ${MAX_DOCUMENT_VALUES} values. Split it.`;
    if (typeof one === 'number' && !Number.isFinite(one)) return `${one} is no number that JSON has.`;
    if (one === null || ['string', 'boolean', 'number'].includes(typeof one)) return undefined;
    const plain = Array.isArray(one) || isPlain(one);
    if (!plain) return 'The document holds a value that JSON has no place for. Use text, numbers, lists and objects.';
    if (depth >= MAX_NESTING) return tooDeep();
    for (const inner of Object.values(one as object)) {
      const problem = visit(inner, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  return visit(value, 0);
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function offsetOf(document: Document, path: DocumentPath, key: 'key' | undefined): number | undefined {
  let node = document.contents as Node | null;
  let at = node?.range?.[0];
  for (const [i, part] of path.entries()) {
    if (isAlias(node)) node = (node.resolve(document) as Node | undefined) ?? null;
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && keyText(item.key) === String(part));
      if (pair === undefined) return at;
      const start = (pair.key as Node | null)?.range?.[0];
      if (key === 'key' && i === path.length - 1) return start ?? at;
      at = start ?? at;
      next = pair.value;
    } else if (isSeq(node)) {
      next = node.items[Number(part)];
    }
    if (next === undefined || next === null) return at;
    node = next as Node;
    at = node.range?.[0] ?? at;
  }
  return at;
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function invalidSource(message: string, yaml: string): ParsedSource {
  return {
    yaml,
    locate: NO_POSITION,
    problems: [{ severity: 'ERROR', message, ...(yaml !== '' && { line: 1, column: 1 }) }],
  };
}

function tooLarge(): string {
  return `The document is larger than ${MAX_DOCUMENT_BYTES / 2 ** 20} MiB. Put the data into resources and name their URIs.`;
}

function tooDeep(): string {
  return `The document nests deeper than ${MAX_NESTING} levels. Put the data into a resource and name its URI.`;
}

function noObject(): string {
  return 'A workflow is an object with name and steps (native, pipeline) or nodes (DAG-JSON); this is none.';
}
