import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { escapeTemplates } from '../expressions/template.ts';
import type { Catalog } from '../model/catalog.ts';
import type { DocumentPath, Problems } from '../model/problems.ts';
import { fromEnvelope, matchName, matchQueryName } from './envelope.ts';
import { fromPipeline } from './from-pipeline.ts';
import { type NativeForm, outputExpression } from './native-form.ts';

const QUERY_KEYS = ['query', 'request', 'options', 'name', 'description'];

/** True for a document that is one command, query or agent of a pipeline: `{command, request}`, as `execute` takes it. */
export function isCall(document: JsonObject): boolean {
  const isOther = ['steps', 'nodes', 'meta'].some((key) => key in document);
  return !isOther && ['command', 'query', 'agent_node'].some((key) => key in document);
}

/** Converts a call to the native form: one step, or those of the pipeline that it calls. Its output is named `output`. */
export function fromCall(document: JsonObject, catalog: Catalog, problems: Problems): NativeForm {
  const { name, description, ...step } = document;
  const more = { ...(name !== undefined && { name }), ...(description !== undefined && { description }) };
  if ('query' in document) return fromQuery(document, catalog, problems);
  const { command, request, options } = step;
  const target = matchName(String(command), catalog.names.commands);
  const inner = request ?? options;
  if (target === 'pipeline' && isJsonObject(inner)) {
    const at = request === undefined ? 'options' : 'request';
    return moved(
      fromPipeline(
        { ...more, ...inner },
        catalog,
        within(problems, (path) => [at, ...path]),
      ),
      (path) => [at, ...path],
    );
  }
  // In the pipeline of this one step, everything is under `steps[0]`.
  const up = (path: DocumentPath) => (path[0] === 'steps' ? path.slice(2) : path);
  const named = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(target) && command !== undefined ? { name: target } : {};
  return moved(fromPipeline({ ...named, ...more, steps: [step] }, catalog, within(problems, up)), up);
}

function fromQuery(document: JsonObject, catalog: Catalog, problems: Problems): NativeForm {
  const { name, description, query, request, options } = document;
  for (const key of Object.keys(document)) {
    if (!QUERY_KEYS.includes(key))
      problems.error(`A query has query and request, but not ${JSON.stringify(key.slice(0, 64))}.`, [key], {
        key: 'key',
      });
  }
  const key = typeof query === 'string' ? matchQueryName(query, catalog.names.queries) : '';
  const properties = catalog.query(key)?.options.properties;
  const envelope = request ?? options ?? {};
  const at = request === undefined ? 'options' : 'request';
  if (typeof query !== 'string') problems.error('query must be the name of a query.', ['query']);
  if (!isJsonObject(envelope)) problems.error(`${at} must be an object.`, [at]);
  const form = fromEnvelope(isJsonObject(envelope) ? envelope : {}, isJsonObject(properties) ? properties : {});
  for (const problem of form.problems) problems.error(problem.message, [at, ...problem.at]);
  const step = {
    id: 'query',
    kind: 'query',
    query: key,
    input: escapeTemplates(form.options),
    ...(form.outputMediaType !== undefined && { output_media_type: form.outputMediaType }),
  };
  const origins = new Map<string, DocumentPath>([
    ['steps[0]', []],
    ['steps[0].query', ['query']],
    ['steps[0].input', [at]],
    ...[...form.origins].map(([option, path]): [string, DocumentPath] => [`steps[0].input.${option}`, [at, ...path]]),
  ]);
  return {
    document: {
      name: name ?? 'query',
      ...(description !== undefined && { description }),
      steps: [step],
      outputs: { output: outputExpression('query') },
    },
    origins,
  };
}

function within(problems: Problems, move: (path: DocumentPath) => DocumentPath): Problems {
  return {
    ...problems,
    error: (message, at, more) => problems.error(message, move(at), more),
    warn: (message, at, more) => problems.warn(message, move(at), more),
  };
}

function moved({ document, origins }: NativeForm, move: (path: DocumentPath) => DocumentPath): NativeForm {
  return { document, origins: new Map([...origins].map(([path, origin]) => [path, move(origin)])) };
}
