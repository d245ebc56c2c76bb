import type { Json, JsonObject } from '../../lib/json.ts';
import { escapeTemplates } from '../expressions/template.ts';
import type { DocumentPath, Problems } from '../model/problems.ts';
import { type DagNode, SOURCE_KEYS } from './dag-nodes.ts';
import { fromEnvelope } from './envelope.ts';
import { resourceExpression } from './native-form.ts';

/** Keys of a node with which it states its options itself: those of an envelope, and other names for two of them. */
const OTHER_NAMES: Readonly<Record<string, string>> = { uri: 'input_uri', url: 'input_uri', mime_type: 'output_mime' };
const NODE_ENVELOPE_KEYS = [...SOURCE_KEYS, 'schema_uri', 'output_mime', 'meta'];

/** What a node states about its options, without what it takes from other nodes. */
export interface NodeOptions {
  /** Without expressions: its strings are literal. */
  readonly options: JsonObject;
  readonly outputMediaType?: string;
  /** Name of an option → where the document states it. */
  readonly origins: ReadonlyMap<string, DocumentPath>;
}

/** Reads the envelope in the keys of a node. An empty string counts as absent, as null does. */
export function readNodeOptions({ raw, key, at }: DagNode, properties: JsonObject, problems: Problems): NodeOptions {
  const envelope: Record<string, Json> = {};
  const written = new Map<string, string>();
  for (const [name, value] of Object.entries(raw)) {
    const plain = Object.hasOwn(OTHER_NAMES, name) ? String(OTHER_NAMES[name]) : name;
    if (!NODE_ENVELOPE_KEYS.includes(plain) || value === null || value === '') continue;
    const first = written.get(plain);
    if (first === undefined) {
      envelope[plain] = value;
      written.set(plain, name);
    } else if (envelope[plain] !== value) {
      problems.error(`Node ${key}: ${first} and ${name} say different things. Keep one of the two.`, [...at, name]);
    }
  }
  const form = fromEnvelope(envelope, properties);
  const originOf = ([first = '', ...rest]: DocumentPath) => [...at, written.get(String(first)) ?? first, ...rest];
  for (const problem of form.problems) {
    const message = [...written].reduce((text, [plain, name]) => text.replaceAll(plain, name), problem.message);
    problems.error(`Node ${key}: ${message}`, originOf(problem.at));
  }
  const { outputMediaType } = form;
  return {
    options: escapeTemplates(form.options) as JsonObject,
    ...(outputMediaType !== undefined && { outputMediaType }),
    origins: new Map([...form.origins].map(([name, path]) => [name, originOf(path)])),
  };
}

/** The options, with the output of its first input as the source of a node that states none. */
export function completeNodeOptions(
  { raw, key, at, inputs, type }: DagNode,
  { options }: NodeOptions,
  problems: Problems,
): JsonObject {
  const [first, ...others] = inputs;
  if (first === undefined || ['source', 'uri', 'uris'].some((name) => Object.hasOwn(options, name))) return options;
  if (others.length > 0) {
    const message = `Node ${key} takes its data from ${first} only. It also waits for ${others.join(', ')}, but does not use that output.`;
    problems.warn(message, [...at, raw.input === undefined ? 'inputs' : 'input']);
  }
  const uri = resourceExpression(first);
  return { ...(type === 'query' ? { uri } : { source: { uri } }), ...options };
}

/** The resource that an agent states itself. Its other keys are about the agent. */
export function agentSource(node: DagNode, problems: Problems): Json | undefined {
  const raw = Object.fromEntries(Object.entries(node.raw).filter(([name]) => SOURCE_KEYS.includes(name)));
  return readNodeOptions({ ...node, raw }, { source: {} }, problems).options.source;
}
