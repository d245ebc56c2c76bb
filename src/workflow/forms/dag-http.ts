import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { escapeTemplates } from '../expressions/template.ts';
import type { Problems } from '../model/problems.ts';
import { type DagNode, HTTP_KEYS, titleOf } from './dag-nodes.ts';
import { resourceExpression } from './native-form.ts';

const URL_KEYS = ['url', 'uri', 'input_uri'];
const METHODS_WITHOUT_BODY: readonly Json[] = ['GET', 'HEAD'];

/** True for a node that reads a resource, which the command `fetch` does: without a URL, or with a schema. */
export function isFetch({ type, raw }: DagNode): boolean {
  if (type === 'fetch') return true;
  const states = (key: string) => raw[key] !== undefined && raw[key] !== null && raw[key] !== '';
  return type === 'http' && (!URL_KEYS.some(states) || states('schema_uri'));
}

/** A node of type `http` as a step. The output of its first input is the body, if it states none and its method has one. */
export function dagHttpStep({ key, raw, at, inputs }: DagNode, problems: Problems): JsonObject | undefined {
  const { method, meta } = raw;
  if (meta !== undefined && meta !== null && !isJsonObject(meta)) {
    problems.error(`Node ${key}: meta must be an object, with members of the request.`, [...at, 'meta']);
    return undefined;
  }
  const urls = new Set(URL_KEYS.map((name) => raw[name]).filter((url) => (url ?? '') !== ''));
  if (urls.size > 1) problems.error(`Node ${key} has several URLs. Keep one.`, at);
  const stated = HTTP_KEYS.flatMap((name) =>
    (raw[name] ?? null) === null ? [] : [[name, raw[name] as Json] as const],
  );
  const { body, ...request } = { ...(isJsonObject(meta) ? meta : {}), ...Object.fromEntries(stated) } as JsonObject;
  const input: JsonObject = {
    url: [...urls][0] as Json,
    ...request,
    ...(typeof method === 'string' && { method: method.toUpperCase() }),
    ...(body !== undefined && bodyOf(body)),
  };
  const takesInput =
    inputs.length > 0 &&
    !METHODS_WITHOUT_BODY.includes(input.method ?? 'GET') &&
    ['json', 'form', 'body'].every((name) => input[name] === undefined);
  const mediaType = raw.mime_type ?? raw.output_mime ?? '';
  return {
    id: key,
    kind: 'http',
    ...titleOf(raw),
    ...(inputs.length > 0 && { depends_on: inputs }),
    input: {
      ...(escapeTemplates(input) as JsonObject),
      ...(takesInput && { body: { uri: resourceExpression(inputs[0] as string) } }),
    },
    ...(mediaType !== '' && { output_media_type: mediaType }),
  };
}

/** Other systems write JSON or a text as the body; a resource is taken as it is. */
function bodyOf(body: Json): JsonObject {
  if (typeof body === 'string') return { body: { text: { text: body } } };
  const isResource =
    isJsonObject(body) && Object.keys(body).length === 1 && /^(uri|text|bytes)$/.test(Object.keys(body)[0] ?? '');
  return isResource ? { body } : { json: body };
}
