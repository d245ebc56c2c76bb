import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { escapeTemplate, escapeTemplates } from '../expressions/template.ts';
import { escapeAgent } from '../inputs/agent-input.ts';
import type { Catalog, CatalogEntry } from '../model/catalog.ts';
import { type DocumentPath, type Problems, pathText } from '../model/problems.ts';
import { dagHttpStep, isFetch } from './dag-http.ts';
import { AGENT_KEYS, type DagNode, readDagNodes, titleOf } from './dag-nodes.ts';
import { agentSource, completeNodeOptions, readNodeOptions } from './dag-options.ts';
import { matchName, matchQueryName } from './envelope.ts';
import { contentExpression, type NativeForm, outputExpression } from './native-form.ts';

/** A node of type `agent` as a step: its context is `meta` and the outputs of its input nodes. */
function dagAgentStep(
  { key, raw, at, inputs }: DagNode,
  memory: JsonObject | undefined,
  problems: Problems,
): JsonObject | undefined {
  const { agent = {}, meta } = raw;
  if (!isJsonObject(agent)) {
    problems.error(`Node ${key}: agent must be an object.`, [...at, 'agent']);
    return undefined;
  }
  if (meta !== undefined && meta !== null && !isJsonObject(meta)) {
    problems.error(`Node ${key}: meta must be an object, which becomes part of the context.`, [...at, 'meta']);
    return undefined;
  }
  const own = Object.fromEntries(Object.entries(raw).filter(([name]) => AGENT_KEYS.includes(name)));
  const notes = memory && { memory: contentExpression(String(memory.id)) };
  const context = { ...(escapeTemplates(meta ?? {}) as JsonObject), ...notes, ...contentsOf(inputs) };
  const dependsOn = memory ? [...inputs, String(memory.id)] : inputs;
  return {
    id: key,
    kind: 'agent',
    ...titleOf(raw),
    ...(dependsOn.length > 0 && { depends_on: dependsOn }),
    agent: escapeAgent({ ...own, ...agent, ...(memory && { memory_uri: null }) }),
    ...(Object.keys(context).length > 0 && { input: context }),
  };
}

/** A memory on the web can be read, but not appended to: a step reads it, and the agent finds it in its context. */
function memoryStepOf(node: DagNode, taken: Set<string>): JsonObject | undefined {
  const { raw } = node;
  const uri = (isJsonObject(raw.agent) ? raw.agent.memory_uri : undefined) ?? raw.memory_uri;
  if (typeof uri !== 'string' || !/^https?:/i.test(uri)) return undefined;
  return fetchStep(node, 'Memory', { uri: escapeTemplate(uri) }, taken);
}

/** A step before an agent, which reads what the agent itself names. */
function fetchStep({ key }: DagNode, title: string, source: Json, taken: Set<string>): JsonObject {
  const base = `${key.slice(0, 52)}_${title.toLowerCase()}`;
  let id = base;
  for (let i = 2; taken.has(id); i += 1) id = `${base}_${i}`;
  taken.add(id);
  return { id, kind: 'command', command: 'fetch', title, input: { source } };
}

/** A single input is `previous`, as in a pipeline; several are `inputs`, keyed by node. */
function contentsOf(inputs: readonly string[]): Readonly<Record<string, Json>> {
  const [only, ...others] = inputs;
  if (only === undefined) return {};
  if (others.length === 0) return { previous: contentExpression(only) };
  return { inputs: Object.fromEntries(inputs.map((key) => [key, contentExpression(key)])) };
}

const DOCUMENT_KEYS = ['version', 'name', 'description', 'nodes', 'outputs', 'ui'];

/** Converts DAG-JSON to the native form. Its strings are literal: they hold no expressions. */
export function fromDag(document: JsonObject, catalog: Catalog, problems: Problems): NativeForm {
  const origins = new Map<string, DocumentPath>(['name', 'description', 'outputs'].map((key) => [key, [key]]));
  origins.set('steps', ['nodes']);
  for (const name of Object.keys(document)) {
    if (DOCUMENT_KEYS.includes(name)) continue;
    problems.warn(
      `${name.slice(0, 64)} has no meaning here and is ignored.${didYouMean(name, DOCUMENT_KEYS)}`,
      [name],
      {
        key: 'key',
      },
    );
  }
  const { nodes, keysOf } = readDagNodes(document.nodes, problems);
  const steps: JsonObject[] = [];
  const taken = new Set(nodes.map(({ key }) => key));
  for (const node of nodes) {
    for (const { optionsAt = new Map(), ...step } of stepsOf(node, taken, catalog, problems)) {
      const stepPath = `steps[${steps.length}]`;
      origins
        .set(stepPath, node.at)
        .set(`${stepPath}.agent`, node.raw.agent === undefined ? node.at : [...node.at, 'agent']);
      for (const [native, nodeKey] of [
        ['input', 'meta'],
        ['command', 'command_type'],
        ['query', 'query'],
        ['output_media_type', 'mime_type'],
      ] as const) {
        origins.set(`${stepPath}.${native}`, node.raw[nodeKey] === undefined ? node.at : [...node.at, nodeKey]);
      }
      for (const [name, path] of optionsAt) origins.set(`${stepPath}.input.${name}`, path);
      steps.push(step.step);
    }
  }
  const outputs = outputsOf(document.outputs, keysOf, problems);
  const { name = 'workflow', description } = document;
  return {
    document: { name, ...(description !== undefined && { description }), steps, ...(outputs && { outputs }) },
    origins,
  };
}

interface DagStep {
  readonly step: JsonObject;
  /** Name of an option → where the node states it. */
  readonly optionsAt?: ReadonlyMap<string, DocumentPath>;
}

/** The steps of a node: itself, and before an agent those that read what it names. */
function stepsOf(node: DagNode, taken: Set<string>, catalog: Catalog, problems: Problems): readonly DagStep[] {
  if (node.type === 'http' && !isFetch(node)) {
    const step = dagHttpStep(node, problems);
    return step ? [{ step }] : [];
  }
  if (node.type !== 'agent') return stepOf(node, catalog, problems);
  const memory = memoryStepOf(node, taken);
  const source = agentSource(node, problems);
  const input = source === undefined ? undefined : fetchStep(node, 'Input', source, taken);
  const inputs = input ? [...node.inputs, String(input.id)] : node.inputs;
  const step = dagAgentStep({ ...node, inputs }, memory, problems);
  return [memory, input, step].flatMap((one) => (one ? [{ step: one }] : []));
}

function stepOf(node: DagNode, catalog: Catalog, problems: Problems): readonly DagStep[] {
  const { key, raw, inputs } = node;
  const target = targetOf(node, catalog, problems);
  if (!target) return [];
  const { kind, name } = target;
  const entry = kind === 'command' ? catalog.command(name) : catalog.query(name);
  const stated = readNodeOptions(node, propertiesOf(entry), problems);
  const { outputMediaType, origins: optionsAt } = stated;
  const step = {
    id: key,
    kind,
    [kind]: name,
    ...titleOf(raw),
    ...(inputs.length > 0 && { depends_on: inputs }),
    input: completeNodeOptions(node, stated, problems),
    ...(outputMediaType !== undefined && { output_media_type: outputMediaType }),
  };
  return [{ step, optionsAt }];
}

/** The command or query that the node calls. */
function targetOf(
  { type, raw, key, at }: DagNode,
  catalog: Catalog,
  problems: Problems,
): { readonly kind: 'command' | 'query'; readonly name: string } | undefined {
  if (type === 'fetch' || type === 'render') return { kind: 'command', name: type };
  if (type === 'http') return checkHttp(raw, key, at, problems) ? { kind: 'command', name: 'fetch' } : undefined;
  if (type === 'query') {
    const name = raw.query ?? raw.query_type ?? raw.command_type ?? 'resources';
    if (typeof name === 'string') return { kind: 'query', name: matchQueryName(name, catalog.names.queries) };
    problems.error(`Node ${key}: query must be the name of a query.`, [...at, 'query']);
    return undefined;
  }
  const name = raw.command_type ?? raw.command;
  if (typeof name === 'string' && name !== '')
    return { kind: 'command', name: matchName(name, catalog.names.commands) };
  problems.error(`Node ${key} has no command_type. Set it to the name of a command.`, at);
  return undefined;
}

function checkHttp(raw: JsonObject, key: string, at: DocumentPath, problems: Problems): boolean {
  const { method = 'GET', headers } = raw;
  if (typeof method !== 'string' || method.toUpperCase() !== 'GET') {
    const message = `Node ${key}: the method must be GET; received ${JSON.stringify(method).slice(0, 64)}. A node with other methods states its url, and no schema_uri.`;
    problems.error(message, [...at, 'method']);
    return false;
  }
  if (headers === undefined || headers === null || (isJsonObject(headers) && Object.keys(headers).length === 0))
    return true;
  problems.error(`Node ${key}: headers are supported for a node that states its url, and no schema_uri. Remove them.`, [
    ...at,
    'headers',
  ]);
  return false;
}

/** The schemas of the options, by name. */
function propertiesOf(entry: CatalogEntry | undefined): JsonObject {
  return isJsonObject(entry?.options.properties) ? entry.options.properties : {};
}

/** A list of node ids, of `{name, node}`, or of `{id, source}`, where `id` names the output. */
function outputsOf(
  outputs: Json | undefined,
  keysOf: (id: Json | undefined) => readonly string[] | undefined,
  problems: Problems,
): JsonObject | undefined {
  if (outputs === undefined || outputs === null) return undefined;
  if (!Array.isArray(outputs)) {
    problems.error('outputs must be a list of node ids, of {id, source}, or of {name, node}.', ['outputs']);
    return undefined;
  }
  const names = new Set<string>();
  const entries = (outputs as readonly Json[]).flatMap((one, i) => {
    const from = isJsonObject(one) ? ['source', 'node', 'id'].find((key) => (one[key] ?? null) !== null) : undefined;
    const node = isJsonObject(one) ? one[from ?? 'id'] : one;
    const keys = keysOf(node);
    if (!keys) {
      const shown = JSON.stringify(node ?? null).slice(0, 64);
      const at = from === undefined ? ['outputs', i] : ['outputs', i, from];
      problems.error(`${pathText(['outputs', i])} refers to ${shown}, which is not a node.`, at);
      return [];
    }
    const named = isJsonObject(one) ? (one.name ?? (from === 'id' ? undefined : one.id)) : undefined;
    const name = typeof named === 'string' || typeof named === 'number' ? String(named) : undefined;
    if (name !== undefined && names.has(name)) {
      problems.error(`More than one output has the name ${name.slice(0, 64)}. Rename one.`, ['outputs', i]);
    }
    if (name !== undefined) names.add(name);
    return keys.map(
      (key, j) =>
        [name === undefined ? key : keys.length > 1 ? `${name}_${j + 1}` : name, outputExpression(key)] as const,
    );
  });
  return Object.fromEntries(entries);
}
