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

/** The value of a source, and positions in its text. Without a value the problems say why. */
interface ParsedSource {
  readonly value?: JsonObject;
  readonly yaml: string;
  readonly locate: Locate;
  readonly problems: readonly Problem[];
}

/** For a text that is not YAML, where the first problem causes the others. */
const MAX_YAML_PROBLEMS = 50;
const NO_POSITION: Locate = () => undefined;

/** Reads YAML 1.2 or JSON, or takes a value as it is. Never throws, whatever the source. */
export function readSource(source: WorkflowSource): ParsedSource {
  if ('document' in source) return readValue(source.document);
  const { text } = source;
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) return invalidSource(tooLarge(), '');
  try {
    return readText(text);
  } catch (error) {
    // The parser is recursive.
    if (error instanceof RangeError) return invalidSource(tooDeep(), text);
    throw error;
  }
}

function readValue(document: Json): ParsedSource {
  const problem = problemOf(document);
  if (problem !== undefined) return invalidSource(problem, '');
  if (!isJsonObject(document)) return invalidSource(notAnObject(), '');
  const yaml = stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
  if (Buffer.byteLength(yaml) > MAX_DOCUMENT_BYTES) return invalidSource(tooLarge(), '');
  return { value: document, yaml, locate: NO_POSITION, problems: [] };
}

function readText(text: string): ParsedSource {
  const lines = new LineCounter();
  const unparsable = depthProblem(text) ?? tokenCountProblem(text);
  if (unparsable !== undefined) return invalidSource(unparsable, text);
  const options = { lineCounter: lines, logLevel: 'silent', prettyErrors: false, uniqueKeys: false } as const;
  const document = parseDocument(text, options);
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.some(({ message }) => message.includes('Maximum call stack')))
    return invalidSource(tooDeep(), text);
  const problems = [
    ...document.errors.map(
      (error): Problem => ({ ...yamlProblem(error), severity: 'ERROR', ...positionAt(error.pos[0]) }),
    ),
    ...document.warnings.map(
      (error): Problem => ({ ...yamlProblem(error), severity: 'WARNING', ...positionAt(error.pos[0]) }),
    ),
    ...checkYaml(document).map(
      ({ message, offset }): Problem => ({ severity: 'ERROR', message, ...positionAt(offset) }),
    ),
  ];
  if (problems.some(({ severity }) => severity === 'ERROR')) {
    return { yaml: text, locate: NO_POSITION, problems: problems.slice(0, MAX_YAML_PROBLEMS) };
  }
  const locate: Locate = (path, key) => {
    const offset = offsetOf(document, path, key);
    return offset === undefined ? undefined : positionAt(offset);
  };
  const value = jsonOf(document);
  if (typeof value === 'string') return { ...invalidSource(value, text), locate };
  const problem = problemOf(value.json);
  if (problem !== undefined) return invalidSource(problem, text);
  if (!isJsonObject(value.json)) return { ...invalidSource(notAnObject(), text), locate };
  return { value: value.json, yaml: text, locate, problems };
}

/** The value, or why there is no value. */
function jsonOf(document: Document): { readonly json: Json } | string {
  try {
    return { json: document.toJS({ maxAliasCount: 100 }) as Json };
  } catch (error) {
    if (error instanceof ReferenceError)
      return 'The aliases (*name) of this YAML expand to too many values. Replace them with the values that they stand for.';
    throw error;
  }
}

function yamlProblem(error: { readonly message: string }): { readonly message: string } {
  return { message: `This is not valid YAML: ${(error.message.split('\n')[0] ?? '').slice(0, 300)}` };
}

/** Finds excessive nesting before the recursive parser runs. */
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

/** Finds what no document may have: too much nesting, too many values, or values that JSON cannot express. */
function problemOf(value: unknown): string | undefined {
  let values = 0;
  const visit = (one: unknown, depth: number): string | undefined => {
    values += 1;
    if (values > MAX_DOCUMENT_VALUES) return `The document has more than ${MAX_DOCUMENT_VALUES} values. Split it.`;
    if (typeof one === 'number' && !Number.isFinite(one)) return `${one} is not a JSON number. Use a finite number.`;
    if (one === null || ['string', 'boolean', 'number'].includes(typeof one)) return undefined;
    if (!Array.isArray(one) && !isPlain(one))
      return 'The document has a value that JSON cannot express. Use strings, numbers, booleans, null, lists and objects.';
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
  return `The document is larger than ${MAX_DOCUMENT_BYTES / 2 ** 20} MiB. Move the data into resources and refer to them by URI.`;
}

function tooDeep(): string {
  return `The document nests deeper than ${MAX_NESTING} levels. Move the data into a resource and refer to it by URI.`;
}

function notAnObject(): string {
  return 'A workflow must be an object: with name and steps (native form), steps of commands (pipeline), nodes (DAG-JSON), or role, goal and backend (agent file).';
}
