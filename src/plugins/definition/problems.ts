import { compileOptions } from '../../commands/definition/validate-options.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import type { AnyPluginBackend, AnyPluginStepKind, AnyPluginTool, PluginProtocol } from './definitions.ts';

const TOOL_NAME = /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$/;
const KIND = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;
/** As it is a field in camelCase, each part begins with a letter. */
const BACKEND_NAME = /^[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*$/;
const SCHEME = /^[a-z][a-z0-9+.-]*$/;
const SNAKE_CASE = /^[a-z][a-z0-9_]*$/;
const CAMEL_CASE = /^[a-z][A-Za-z0-9]*$/;
const MAX_NAME_LENGTH = 64;

/** Schemes that name something else here, or that every parser of URLs treats in its own way. */
const RESERVED_SCHEMES: ReadonlySet<string> = new Set([
  ...['exec', 'memory', 'run', 'workflow', 'secret'],
  ...['ws', 'wss', 'ftp', 'blob', 'about', 'javascript'],
]);
/** `job` is a kind of other systems, `OTHER` the kind of a plugin that is gone. */
const RESERVED_KINDS: ReadonlySet<string> = new Set(['JOB', 'OTHER']);

/*
 * Each function returns what is wrong with a definition, as the end of a sentence about its module; undefined when nothing
 * is. It may come from JavaScript, so nothing is taken for granted. `taken` are the names that exist.
 */

export function toolProblem(tool: AnyPluginTool, taken: ReadonlySet<string>): string | undefined {
  const { name, title, description, effect, input, output, run } = tool as Partial<AnyPluginTool>;
  const wrong =
    nameProblem(name, TOOL_NAME, 'lower case, with parts separated by dots: shop.find_order', taken) ??
    textProblem({ title, description }) ??
    (effect === 'pure' || effect === 'external' ? undefined : 'whose effect is neither "pure" nor "external".') ??
    functionProblem({ run }, tool) ??
    schemaProblem('input', input, SNAKE_CASE, 'snake_case') ??
    schemaProblem('output', output, SNAKE_CASE, 'snake_case');
  return wrong && `has the tool ${quote(name)}, ${wrong}`;
}

export function kindProblem(kind: AnyPluginStepKind, taken: ReadonlySet<string>): string | undefined {
  const { kind: name, title, description, idempotent, input, run } = kind as Partial<AnyPluginStepKind>;
  const isReserved = name !== undefined && RESERVED_KINDS.has(name);
  const wrong =
    nameProblem(name, KIND, 'in capitals: TRANSLATE', taken) ??
    (isReserved ? 'but that name is reserved.' : undefined) ??
    textProblem({ title, description }) ??
    (typeof idempotent === 'boolean' ? undefined : 'whose idempotent is neither true nor false.') ??
    functionProblem({ run }, kind) ??
    schemaProblem('input', input, SNAKE_CASE, 'snake_case');
  return wrong && `has the step kind ${quote(name)}, ${wrong}`;
}

export function backendProblem(backend: AnyPluginBackend, taken: ReadonlySet<string>): string | undefined {
  const { name, description, config, resumes, run } = backend as Partial<AnyPluginBackend>;
  const wrong =
    nameProblem(name, BACKEND_NAME, 'snake_case: my_agents', taken) ??
    textProblem({ description }) ??
    (typeof resumes === 'boolean' ? undefined : 'whose resumes is neither true nor false.') ??
    functionProblem({ run }, backend) ??
    schemaProblem('config', config, CAMEL_CASE, 'camelCase');
  return wrong && `has the agent backend ${quote(name)}, ${wrong}`;
}

export function protocolProblem(protocol: PluginProtocol, taken: ReadonlySet<string>): string | undefined {
  const { scheme, description, canonicalize, open } = protocol as Partial<PluginProtocol>;
  const wrong =
    nameProblem(scheme, SCHEME, 'in lower case, without the colon: npm', taken) ??
    (scheme !== undefined && RESERVED_SCHEMES.has(scheme) ? 'but that name is reserved.' : undefined) ??
    textProblem({ description }) ??
    functionProblem({ canonicalize, open }, protocol);
  return wrong && `has the protocol ${quote(scheme)}, ${wrong}`;
}

function nameProblem(name: unknown, pattern: RegExp, form: string, taken: ReadonlySet<string>): string | undefined {
  if (typeof name !== 'string' || !pattern.test(name)) return `but such names are ${form}.`;
  if (name.length > MAX_NAME_LENGTH) return `but a name has at most ${MAX_NAME_LENGTH} characters.`;
  return taken.has(name) ? 'but there is one of that name already.' : undefined;
}

function textProblem(texts: Readonly<Record<string, unknown>>): string | undefined {
  const empty = Object.entries(texts).find(([, text]) => typeof text !== 'string' || text.trim() === '');
  return empty && `which has no ${empty[0]}.`;
}

/** @param definition its optional functions are checked as well */
function functionProblem(required: Readonly<Record<string, unknown>>, definition: object): string | undefined {
  const { effectOf, accessedUris } = definition as { readonly effectOf?: unknown; readonly accessedUris?: unknown };
  const optional = { ...(effectOf !== undefined && { effectOf }), ...(accessedUris !== undefined && { accessedUris }) };
  const wrong = Object.entries({ ...required, ...optional }).find(([, value]) => typeof value !== 'function');
  return wrong && `whose ${wrong[0]} is not a function.`;
}

function schemaProblem(what: string, schema: unknown, names: RegExp, form: string): string | undefined {
  if (!isJsonObject(schema) || schema.type !== 'object' || !isJsonObject(schema.properties)) {
    return `whose ${what} is not an object schema: use Type.Object({…}).`;
  }
  for (const [name, property] of Object.entries(schema.properties)) {
    if (!names.test(name)) return `whose ${what} has the property ${quote(name)}, which is not in ${form}.`;
    const described = isJsonObject(property) && typeof property.description === 'string' && property.description !== '';
    if (!described) return `whose ${what} has the property ${name} without a description.`;
  }
  return compileProblem(what, schema);
}

function compileProblem(what: string, schema: JsonObject): string | undefined {
  try {
    compileOptions(schema);
    return undefined;
  } catch (error) {
    return `whose ${what} is not a valid JSON Schema: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function quote(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}
