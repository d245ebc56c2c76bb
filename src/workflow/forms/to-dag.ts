import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { escapeTemplates } from '../expressions/template.ts';
import type { DocumentPath, Problems } from '../model/problems.ts';
import { contentExpression, outputExpression, resourceExpression } from './native-form.ts';

/** Members that a native document and its steps have in DAG-JSON too. */
const DOCUMENT_KEYS = ['name', 'description', 'steps', 'outputs'];
const STEP_KEYS = ['id', 'kind', 'title', 'depends_on', 'input', 'output_media_type'];
const KINDS = ['command', 'query', 'http', 'agent'];

/** Why a value is not one of DAG-JSON: its strings are literal. */
class ExpressionFound extends Error {}

/** A native document as DAG-JSON. What that form cannot say is a problem, and left out. */
export function toDag(document: JsonObject, problems: Problems): JsonObject {
  for (const name of Object.keys(document)) {
    if (!DOCUMENT_KEYS.includes(name))
      problems.error(`DAG-JSON has no ${name}. Remove it, or keep the native form.`, [name], { key: 'key' });
  }
  const { name, description, steps, outputs } = document;
  const nodes = ((steps ?? []) as readonly JsonObject[]).map((step, i) => toNode(step, ['steps', i], problems));
  return {
    version: '1.0',
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    nodes,
    ...(isJsonObject(outputs) && { outputs: outputsOf(outputs, problems) }),
  };
}

function toNode(step: JsonObject, at: DocumentPath, problems: Problems): JsonObject {
  const { id, kind, title, depends_on: dependsOn, output_media_type: mediaType } = step;
  const key = String(id);
  const more = { step: key };
  if (!KINDS.includes(String(kind))) {
    const message = `Step ${key} is of kind ${kind}, which DAG-JSON does not have. It has ${KINDS.join(', ')}.`;
    problems.error(message, [...at, 'kind'], more);
    return { id: key, type: 'command' };
  }
  for (const name of Object.keys(step)) {
    if (STEP_KEYS.includes(name) || name === kind) continue;
    problems.error(`Step ${key}: DAG-JSON has no ${name}. Remove it, or keep the native form.`, [...at, name], {
      ...more,
      key: 'key',
    });
  }
  const inputs = Array.isArray(dependsOn) ? (dependsOn as readonly string[]) : [];
  const given = isJsonObject(step.input) ? step.input : {};
  const literal = (value: JsonObject, where: string): JsonObject => {
    try {
      return literalOf(value) as JsonObject;
    } catch (error) {
      if (!(error instanceof ExpressionFound)) throw error;
      const message = `Step ${key}: ${where} has the expression ${error.message}, and DAG-JSON has none. A node takes the outputs of its inputs as they are.`;
      problems.error(message, [...at, where], more);
      return {};
    }
  };
  const common = {
    id: key,
    type: kind as string,
    ...(title !== undefined && { label: title }),
    ...(inputs.length > 0 && { inputs }),
  };
  const media = mediaType !== undefined && { mime_type: mediaType };
  if (kind === 'agent') {
    const meta = literal(withoutContents(given, inputs), 'input');
    const agent = literal(step.agent as JsonObject, 'agent');
    return { ...common, agent, ...(Object.keys(meta).length > 0 && { meta }) };
  }
  if (kind === 'http') return { ...common, ...literal(withoutBody(given, inputs), 'input'), ...media };
  const options = literal(withoutSource(given, inputs), 'input');
  const { source, ...meta } = options;
  const uri = isJsonObject(source) && Object.keys(source).length === 1 ? source.uri : undefined;
  return {
    ...common,
    ...(kind === 'command' ? { command_type: step.command } : { query: step.query }),
    ...(uri === undefined ? source !== undefined && { meta: options } : { uri }),
    ...((uri !== undefined || source === undefined) && Object.keys(meta).length > 0 && { meta }),
    ...media,
  } as JsonObject;
}

/** The options without the output of the first input as their source, which a node takes without saying so. */
function withoutSource({ source, uri, ...options }: JsonObject, [first]: readonly string[]): JsonObject {
  const expression = first === undefined ? undefined : resourceExpression(first);
  const isFirst = isJsonObject(source) && Object.keys(source).length === 1 && source.uri === expression;
  return {
    ...(source !== undefined && !(expression !== undefined && isFirst) && { source }),
    ...(uri !== undefined && !(expression !== undefined && uri === expression) && { uri }),
    ...options,
  };
}

function withoutBody({ body, ...request }: JsonObject, [first]: readonly string[]): JsonObject {
  const isFirst = first !== undefined && isJsonObject(body) && body.uri === resourceExpression(first);
  return { ...request, ...(body !== undefined && !isFirst && { body }) };
}

/** The context of an agent without the outputs of its inputs: `previous` of one, `inputs` of several. */
function withoutContents(context: JsonObject, keys: readonly string[]): JsonObject {
  const { previous, inputs, ...meta } = context;
  const [only, ...others] = keys;
  const isOnly = only !== undefined && others.length === 0 && previous === contentExpression(only);
  const all = isJsonObject(inputs) ? Object.entries(inputs) : [];
  const areAll =
    others.length > 0 &&
    all.length === keys.length &&
    all.every(([key, value]) => keys.includes(key) && value === contentExpression(key));
  return {
    ...(previous !== undefined && !isOnly && { previous }),
    ...(inputs !== undefined && !areAll && { inputs }),
    ...meta,
  };
}

function outputsOf(outputs: JsonObject, problems: Problems): Json {
  return Object.entries(outputs).flatMap(([name, value]) => {
    const key = /^\{\{ steps(?:\.([A-Za-z0-9_]+)|\["([^"]+)"\])\.output \}\}$/.exec(String(value));
    const node = key?.[1] ?? key?.[2];
    if (node !== undefined && value === outputExpression(node)) return [{ name, node }];
    const message = `The output ${name} is not the whole output of one step, as outputs of DAG-JSON are.`;
    problems.error(message, ['outputs', name]);
    return [];
  });
}

/** The value whose templates are those of `value`, without expressions. @throws ExpressionFound */
function literalOf(value: Json): Json {
  if (typeof value === 'string') {
    const text = value.replaceAll('{{ "{{" }}', '{{');
    if (escapeTemplates(text) !== value) throw new ExpressionFound(value.slice(0, 100));
    return text;
  }
  if (Array.isArray(value)) return value.map(literalOf);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, literalOf(one)]));
}
