import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { type StaticType, typeOfExpression } from '../expressions/static-type.ts';
import { containsExpression } from '../expressions/template.ts';
import type { InputSchema } from '../inputs/input-schema.ts';
import type { Catalog } from '../model/catalog.ts';
import { type StepDraft, stepKindOf } from '../steps/step-draft.ts';

const TEXT: JsonObject = { type: 'string' };

/** A reference to content that is not JSON. */
const RESOURCE: JsonObject = {
  type: 'object',
  properties: { uri: TEXT, media_type: TEXT, size: { type: 'integer' } },
};

/** The names that all expressions of a document may use, as the JSON Schema of an object. */
export function knownNames(inputs: InputSchema, drafts: readonly StepDraft[], catalog: Catalog): JsonObject {
  const declared = isJsonObject(inputs.schema.properties) ? inputs.schema.properties : {};
  const steps = Object.fromEntries(drafts.map((draft) => [draft.key, stepType(draft, catalog)]));
  return {
    properties: {
      ...declared,
      steps: { type: 'object', properties: steps },
      run: { type: 'object', properties: { id: TEXT, labels: { type: 'object' } } },
    },
  };
}

/** The same for the input of one step, which may also use `item` and `index`. */
export function namesOfStep(names: JsonObject, { raw }: StepDraft): JsonObject {
  if (raw.for_each === undefined) return names;
  const item = raw.batch === undefined ? itemType(raw.for_each, names) : { type: 'array' };
  return { properties: { ...(names.properties as JsonObject), ...(item && { item }), index: { type: 'integer' } } };
}

function itemType(list: Json, names: JsonObject): StaticType {
  if (Array.isArray(list)) {
    return containsExpression(list) ? undefined : { enum: list };
  }
  const items = typeof list === 'string' ? typeOfExpression(list, names)?.items : undefined;
  return isJsonObject(items) ? items : undefined;
}

function stepType({ raw }: StepDraft, catalog: Catalog): JsonObject {
  const one = outputType(raw, catalog);
  const output = raw.for_each === undefined ? one : { type: 'array', ...(one && { items: one }) };
  const errors: JsonObject = { type: 'array' };
  return {
    type: 'object',
    properties: { ...(output && { output }), resource: RESOURCE, content: { type: 'object' }, state: TEXT, errors },
  };
}

/** Of one attempt that succeeds. */
function outputType(raw: JsonObject, catalog: Catalog): StaticType {
  // Whatever the worker makes.
  if (raw.pool !== undefined) return undefined;
  const kind = stepKindOf(raw);
  if (kind === 'approval') return { type: 'object', properties: { approved: { type: 'boolean' }, by: TEXT } };
  if (kind === 'http') return httpType(raw.input);
  if (kind === 'agent') {
    const schema = isJsonObject(raw.agent) ? raw.agent.output_schema : undefined;
    return isJsonObject(schema) ? schema : undefined;
  }
  if (kind === 'command' || kind === 'query' || kind === 'tool') {
    const { output, mediaType } = catalog[kind](String(raw[kind])) ?? {};
    return output ?? (mediaType === undefined ? undefined : RESOURCE);
  }
  return catalog.kind(kind)?.output;
}

function httpType(input: Json | undefined): StaticType {
  if (!isJsonObject(input)) return undefined;
  if (isJsonObject(input.pages)) return { type: 'array' };
  if (input.response !== 'full') return undefined;
  return { type: 'object', properties: { uri: TEXT, status: { type: 'integer' }, headers: { type: 'object' } } };
}
