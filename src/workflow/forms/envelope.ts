import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { DocumentPath } from '../model/problems.ts';

interface EnvelopeProblem {
  readonly message: string;
  /** Where it is, from the envelope down. */
  readonly at: DocumentPath;
}

/** An envelope as options of the command. With problems, the options are incomplete. */
interface EnvelopeForm {
  readonly options: JsonObject;
  readonly outputMediaType?: string;
  /** Name of an option → where the envelope states it. */
  readonly origins: ReadonlyMap<string, DocumentPath>;
  readonly problems: readonly EnvelopeProblem[];
}

const ENVELOPE_KEYS = ['input_uri', 'payload_b64', 'source_uris', 'schema_uri', 'output_mime', 'meta'];
/** Names of options in `meta` that are not the option's own name in snake_case. */
const META_NAMES: Readonly<Record<string, string>> = { root: 'rootElement' };
/** Other names of queries, as `plainName` writes them. */
const QUERY_NAMES: Readonly<Record<string, string>> = { fromurl: 'resources', introspect: 'catalog' };
/** Values of `mode` that are not the option's own value in lower case. */
const MODES: Readonly<Record<string, string>> = { TEXT: 'LINES' };
/** What `payload_b64` follows in a URI. */
const BYTES_URI = 'data:application/octet-stream;base64,';
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The name of that list that `name` means: exactly, or else without regard to case, dashes and underscores. */
export function matchName(name: string, names: Iterable<string>): string {
  const all = [...names];
  if (all.includes(name)) return name;
  const [only, ...others] = all.filter((one) => plainName(one) === plainName(name));
  return only !== undefined && others.length === 0 ? only : name;
}

/** The same for queries, which other systems call `from-url` and `introspect`. */
export function matchQueryName(name: string, names: Iterable<string>): string {
  const plain = plainName(name);
  return Object.hasOwn(QUERY_NAMES, plain) ? (QUERY_NAMES[plain] ?? name) : matchName(name, names);
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** True when the options of a command or query are an envelope: when they have one of its members. */
export function isEnvelope(request: JsonObject, properties: JsonObject): boolean {
  return Object.keys(request).some((key) => ENVELOPE_KEYS.includes(key) && !Object.hasOwn(properties, key));
}

/**
 * Converts an envelope to the options of a command. What is null is absent. Other members are options already.
 * @param properties schemas of the command's options, by name
 */
export function fromEnvelope(request: JsonObject, properties: JsonObject): EnvelopeForm {
  const options: Record<string, Json> = {};
  const origins = new Map<string, DocumentPath>();
  const problems: EnvelopeProblem[] = [];
  const set = (name: string, value: Json, at: DocumentPath) => {
    const first = origins.get(name);
    if (first) problems.push({ message: `${at.join('.')} and ${first.join('.')} both state ${name}. Keep one.`, at });
    else origins.set(name, at);
    options[name] = value;
  };
  let outputMediaType: string | undefined;
  for (const [key, value] of Object.entries(request)) {
    const at = [key];
    if (!ENVELOPE_KEYS.includes(key) || Object.hasOwn(properties, key)) {
      set(key, value, at);
    } else if (value !== null && key === 'meta') {
      if (!isJsonObject(value)) problems.push({ message: 'meta must be an object of options.', at });
      else for (const [name, one] of Object.entries(value)) setMeta(name, one, properties, set);
    } else if (value !== null && key === 'source_uris') {
      setSourceUris(value, properties, set, problems);
    } else if (value !== null && typeof value !== 'string') {
      problems.push({ message: `${key} must be a string.`, at });
    } else if (key === 'output_mime') {
      outputMediaType = value ?? undefined;
    } else if (value !== null && key === 'payload_b64' && !isBase64(value)) {
      problems.push({ message: 'payload_b64 is not valid Base64 (RFC 4648 §4). Encode the bytes again.', at });
    } else if (value !== null) {
      if (key === 'schema_uri') set('schemaUri', value, at);
      else if (readsByUri(properties)) set('uri', key === 'input_uri' ? value : `${BYTES_URI}${value}`, at);
      else set('source', key === 'input_uri' ? { uri: value } : { bytes: { base64: value } }, at);
    }
  }
  return { options, ...(outputMediaType !== undefined && { outputMediaType }), origins, problems };
}

/** True for a query, which takes URIs where a command takes a resource. */
function readsByUri(properties: JsonObject): boolean {
  return Object.hasOwn(properties, 'uri') && !Object.hasOwn(properties, 'source');
}

/** A query reads them into one list; a command reads one. */
function setSourceUris(
  value: Json,
  properties: JsonObject,
  set: (name: string, value: Json, at: DocumentPath) => void,
  problems: EnvelopeProblem[],
): void {
  const at = ['source_uris'];
  const uris = Array.isArray(value) ? (value as readonly Json[]) : [];
  const [only, ...others] = uris;
  if (only === undefined || uris.some((uri) => typeof uri !== 'string')) {
    problems.push({ message: 'source_uris must be a list of URIs.', at });
  } else if (Object.hasOwn(properties, 'uris')) set('uris', uris, at);
  else if (others.length === 0) set('source', { uri: only }, at);
  else {
    const message = `source_uris names ${uris.length} resources, but a command reads one. Write input_uri, or use the query from-url.`;
    problems.push({ message, at });
  }
}

function setMeta(
  name: string,
  value: Json,
  properties: JsonObject,
  set: (name: string, value: Json, at: DocumentPath) => void,
): void {
  const option = optionOfMeta(name, properties);
  // Any JSON value may be null.
  if (value === null && option !== 'data') return;
  set(option, valueOfMeta(option, value, properties), ['meta', name]);
}

/** The option that a member of `meta` names: its own name, its name in snake_case, or its other name. */
function optionOfMeta(name: string, properties: JsonObject): string {
  if (Object.hasOwn(properties, name)) return name;
  const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const other = Object.hasOwn(META_NAMES, name) ? META_NAMES[name] : undefined;
  return [camel, other].find((one) => one !== undefined && Object.hasOwn(properties, one)) ?? name;
}

/** Its value: a value of an enum may be in any case, and `text` is the other name of the mode LINES. */
function valueOfMeta(option: string, value: Json, properties: JsonObject): Json {
  const schema = Object.hasOwn(properties, option) ? properties[option] : undefined;
  if (typeof value !== 'string' || !isJsonObject(schema) || !Array.isArray(schema.enum)) return value;
  const upper = value.toUpperCase();
  const named = option === 'mode' && Object.hasOwn(MODES, upper) ? (MODES[upper] ?? upper) : upper;
  return schema.enum.includes(named) ? named : value;
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && BASE64.test(text);
}
