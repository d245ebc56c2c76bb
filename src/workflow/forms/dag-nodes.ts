import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { DocumentPath, Problems } from '../model/problems.ts';
import { MAX_STEPS } from '../model/workflow-limits.ts';

/** A node of DAG-JSON that becomes a step, with the nodes that it takes its inputs from. */
export interface DagNode {
  /** Its id as the key of a step. */
  readonly key: string;
  readonly type: string;
  readonly raw: JsonObject;
  readonly at: DocumentPath;
  /** Keys of the nodes whose output it takes, in order; a group stands for its members. */
  readonly inputs: readonly string[];
}

interface DagNodes {
  readonly nodes: readonly DagNode[];
  /** The key of a node by its id; for a group, the keys of its members. */
  keysOf(id: Json | undefined): readonly string[] | undefined;
}

const NODE_TYPES = ['fetch', 'http', 'command', 'query', 'render', 'agent', 'group'];
const COMMON_NODE_KEYS = ['id', 'type', 'label', 'title', 'description', 'input', 'inputs', 'meta', 'ui', 'position'];
/** Keys with which a node names what it reads, as in an envelope. */
export const SOURCE_KEYS = ['input_uri', 'payload_b64', 'source_uris'];
const NODE_KEYS = [
  ...[...COMMON_NODE_KEYS, 'uri', 'url', 'method', 'headers', 'command_type', 'command', 'query_type', 'query'],
  ...['schema_uri', 'mime_type', 'output_mime', ...SOURCE_KEYS],
];
/** Members of a request that a node of type `http` may state itself, in addition to its URL and method. */
export const HTTP_KEYS = ['query', 'headers', 'auth', 'json', 'form', 'body', 'response', 'pages'];
/** Keys of an agent, written in the node itself or under `agent`. */
export const AGENT_KEYS = ['role', 'goal', 'tools', 'backend', 'backend_config', 'memory_uri', 'output_schema'];
const AGENT_NODE_KEYS = [...COMMON_NODE_KEYS, 'agent', ...AGENT_KEYS, ...SOURCE_KEYS];
/** The key under which a group lists its members, as ids or as nodes. */
const GROUP_MEMBER_KEYS = ['nodes', 'members', 'children'];
const STEP_KEY = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

interface ListedNode {
  readonly id: string;
  readonly raw: JsonObject;
  readonly at: DocumentPath;
}

/** The title of the node as people see it. */
export function titleOf({ label, title }: JsonObject): { readonly title?: string } {
  const shown = typeof label === 'string' ? label : title;
  return typeof shown === 'string' && shown !== '' ? { title: shown.slice(0, 200) } : {};
}

/** The nodes of the list and of its groups, flattened. */
export function readDagNodes(list: Json | undefined, problems: Problems): DagNodes {
  const listed: ListedNode[] = [];
  const groups = new Map<string, readonly string[]>();
  flatten(list, ['nodes'], listed, groups, new Set(), problems);
  if (listed.length > MAX_STEPS) {
    const message = `There are ${listed.length} nodes; the maximum is ${MAX_STEPS}. Move some into a separate workflow.`;
    problems.error(message, ['nodes']);
    listed.length = 0;
  }
  const keys = keysFor(listed, problems);
  const leaves = (id: string): readonly string[] => {
    const seen = new Set([id]);
    const members: string[] = [];
    // The set grows during the iteration, so that groups of groups are opened, each once.
    for (const name of seen) {
      const key = keys.get(name);
      if (key !== undefined) members.push(key);
      else for (const member of groups.get(name) ?? []) seen.add(member);
    }
    return members;
  };
  const keysOf = (id: Json | undefined): readonly string[] | undefined => {
    const name = idText(id);
    return name !== undefined && (keys.has(name) || groups.has(name)) ? leaves(name) : undefined;
  };
  const ids = () => [...keys.keys(), ...groups.keys()];
  const nodes = listed.map(({ id, raw, at }): DagNode => {
    const inputs = inputsOf(raw, at, keysOf, ids, id, problems);
    return { key: keys.get(id) as string, type: raw.type as string, raw, at, inputs };
  });
  return { nodes, keysOf };
}

function flatten(
  list: Json | undefined,
  at: DocumentPath,
  listed: ListedNode[],
  groups: Map<string, readonly string[]>,
  seen: Set<string>,
  problems: Problems,
): readonly string[] {
  if (!Array.isArray(list)) {
    problems.error(`${at.join('.')} must be a list of nodes.`, at);
    return [];
  }
  return (list as readonly Json[]).flatMap((raw, i) => {
    const here = [...at, i];
    const reference = at.length > 1 ? idText(raw) : undefined;
    if (reference !== undefined) return [reference];
    const id = isJsonObject(raw) ? idText(raw.id) : undefined;
    if (!isJsonObject(raw) || id === undefined) {
      problems.error('A node must be an object with id and type.', here);
      return [];
    }
    if (seen.has(id)) {
      problems.error(`More than one node has the id ${id}. Give this one another id.`, [...here, 'id']);
      return [];
    }
    seen.add(id);
    if (raw.type === 'group') {
      groups.set(id, []);
      const name = GROUP_MEMBER_KEYS.find((member) => raw[member] !== undefined);
      if (name !== undefined) groups.set(id, flatten(raw[name], [...here, name], listed, groups, seen, problems));
      return [id];
    }
    if (checkNode(raw, id, here, problems)) listed.push({ id, raw, at: here });
    return [id];
  });
}

function checkNode(raw: JsonObject, id: string, at: DocumentPath, problems: Problems): boolean {
  const keys = raw.type === 'agent' ? AGENT_NODE_KEYS : raw.type === 'http' ? [...NODE_KEYS, ...HTTP_KEYS] : NODE_KEYS;
  for (const name of Object.keys(raw)) {
    if (keys.includes(name)) continue;
    problems.warn(
      `Node ${id}: ${name.slice(0, 64)} has no meaning here and is ignored.${didYouMean(name, keys)}`,
      [...at, name],
      { key: 'key' },
    );
  }
  const { type } = raw;
  if (typeof type === 'string' && NODE_TYPES.includes(type)) return true;
  const near = typeof type === 'string' ? didYouMean(type, NODE_TYPES) : '';
  problems.error(`Node ${id} must have a type: one of ${NODE_TYPES.join(', ')}.${near}`, [...at, 'type']);
  return false;
}

/** Ids that are not valid keys are rewritten; the others are used as they are. */
function keysFor(listed: readonly ListedNode[], problems: Problems): ReadonlyMap<string, string> {
  const taken = new Set(listed.filter(({ id }) => STEP_KEY.test(id)).map(({ id }) => id));
  return new Map(
    listed.map(({ id, at }) => {
      if (STEP_KEY.test(id)) return [id, id];
      const base = `n_${id.replace(/[^A-Za-z0-9_-]/g, '_')}`.slice(0, 58);
      let key = base;
      for (let i = 2; taken.has(key); i += 1) key = `${base}_${i}`;
      taken.add(key);
      problems.warn(
        `Node ${JSON.stringify(id.slice(0, 64))} is called ${key} in runs: a key must begin with a letter and contain only letters, digits, _ and -.`,
        [...at, 'id'],
      );
      return [id, key];
    }),
  );
}

function inputsOf(
  raw: JsonObject,
  at: DocumentPath,
  keysOf: (id: Json | undefined) => readonly string[] | undefined,
  ids: () => readonly string[],
  id: string,
  problems: Problems,
): readonly string[] {
  const keys = ['input', 'inputs'].flatMap((edge) => {
    const value = raw[edge];
    if (value === undefined || value === null) return [];
    const list = (Array.isArray(value) ? value : [value]) as readonly Json[];
    return [...new Set(list)].flatMap((from) => {
      const sources = keysOf(from);
      if (sources) return sources;
      const shown = idText(from) ?? JSON.stringify(from).slice(0, 64);
      problems.error(
        () => `Node ${id} takes its input from ${shown}, which is not a node.${didYouMean(shown, ids())}`,
        [...at, edge],
      );
      return [];
    });
  });
  return [...new Set(keys)];
}

function idText(id: Json | undefined): string | undefined {
  if (typeof id === 'number') return String(id);
  return typeof id === 'string' && id !== '' ? id : undefined;
}
