import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { Catalog } from '../model/catalog.ts';
import type { DocumentPath, Problems } from '../model/problems.ts';
import { createWorkflowSchema, STEP_KIND_NAMES, WORKFLOW_SCHEMA_ID } from '../schema/workflow-schema.ts';

/** What the documents of one server are checked by. */
interface Shape {
  readonly kinds: readonly string[];
  readonly ajv: Ajv2020;
}

const shapes = new WeakMap<Catalog, Shape>();

function shapeOf(catalog: Catalog): Shape {
  const known = shapes.get(catalog);
  if (known) return known;
  const { kinds, backends } = catalog.names;
  const schema = createWorkflowSchema({
    kinds: kinds.map((name) => ({ name, title: catalog.kind(name)?.title ?? name })),
    backends,
  });
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
  });
  const shape = { kinds: [...new Set([...STEP_KIND_NAMES, ...kinds])], ajv: ajv.addSchema(schema) };
  shapes.set(catalog, shape);
  return shape;
}

/**
 * Checks the document by its JSON Schema, and each step by the schema of its kind alone, so that no problem is about
 * another kind.
 * @returns indexes of the steps that have the shape of their kind
 */
export function checkShape(document: JsonObject, catalog: Catalog, problems: Problems): ReadonlySet<number> {
  const shape = shapeOf(catalog);
  const steps = Array.isArray(document.steps) ? (document.steps as readonly Json[]) : undefined;
  // The steps are checked one by one afterwards.
  const envelope = steps ? { ...document, steps: steps.length === 0 ? [] : [PLACEHOLDER_STEP] } : document;
  report(validatorOf(shape, ''), envelope, [], problems);
  const fit = new Set<number>();
  for (const [i, step] of (steps ?? []).entries()) if (checkStep(step, ['steps', i], shape, problems)) fit.add(i);
  return fit;
}

const PLACEHOLDER_STEP = { id: 'a', kind: 'sleep', input: { ms: 0 } };

function checkStep(step: Json, at: DocumentPath, shape: Shape, problems: Problems): boolean {
  if (!isJsonObject(step)) {
    problems.error(`${problems.pathText(at)} must be an object with id and kind.`, at);
    return false;
  }
  const { compensate, ...rest } = step;
  const valid =
    checkKind(step.kind, at, shape, problems, step.id) &&
    report(validatorOf(shape, `${step.kind}_step`), rest, at, problems, step.id);
  if (compensate === undefined) return valid;
  const bodyPath = [...at, 'compensate'];
  if (!isJsonObject(compensate)) {
    problems.error(`${problems.pathText(bodyPath)} must be an object with kind.`, bodyPath, stepLocation(step.id));
    return false;
  }
  const fits = checkKind(compensate.kind, bodyPath, shape, problems, step.id);
  return (
    fits && report(validatorOf(shape, `${compensate.kind}_body`), compensate, bodyPath, problems, step.id) && valid
  );
}

function checkKind(
  kind: Json | undefined,
  at: DocumentPath,
  shape: Shape,
  problems: Problems,
  step: Json | undefined,
): boolean {
  if (typeof kind === 'string' && shape.kinds.includes(kind)) return true;
  const kinds = `The kinds are ${shape.kinds.join(', ')}.`;
  const where = problems.pathText(at);
  if (typeof kind !== 'string') {
    problems.error(`${where} has no kind. ${kinds}`, at, stepLocation(step));
  } else {
    const near = didYouMean(kind, shape.kinds);
    problems.error(
      `${where} has the unknown kind ${quote(kind)}.${near} ${kinds}`,
      [...at, 'kind'],
      stepLocation(step),
    );
  }
  return false;
}

function validatorOf({ ajv }: Shape, definition: string): ValidateFunction {
  const name = definition === '' ? WORKFLOW_SCHEMA_ID : `${WORKFLOW_SCHEMA_ID}#/$defs/${definition}`;
  const validate = ajv.getSchema(name);
  if (!validate) throw new TypeError(`the workflow schema does not define ${definition}`);
  return validate;
}

function report(validate: ValidateFunction, value: Json, at: DocumentPath, problems: Problems, step?: Json): boolean {
  if (validate(value)) return true;
  for (const error of validate.errors ?? []) reportError(error, value, at, problems, step);
  return false;
}

function reportError(error: ErrorObject, value: Json, at: DocumentPath, problems: Problems, step?: Json): void {
  // What its `then` requires is reported too.
  if (error.keyword === 'if') return;
  const inside = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const path = [...at, ...typedPath(inside, value)];
  const where = problems.pathText(path) || 'The document';
  const { additionalProperty, missingProperty, allowedValues, allowedValue } = error.params as Readonly<
    Record<string, unknown>
  >;
  if (typeof additionalProperty === 'string') {
    const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
    const message = () => {
      const near = didYouMean(additionalProperty, known) || ` Known keys: ${known.join(', ')}.`;
      return `${where} has the unknown key ${quote(additionalProperty)}.${near}`;
    };
    problems.error(message, [...path, additionalProperty], { ...stepLocation(step), key: 'key' });
    return;
  }
  if (typeof missingProperty === 'string') {
    problems.error(`${where} is missing the required key ${missingProperty}.`, path, stepLocation(step));
    return;
  }
  if (Array.isArray(allowedValues)) {
    const near = typeof error.data === 'string' ? didYouMean(error.data, allowedValues as string[]) : '';
    problems.error(`${where} must be one of ${allowedValues.join(', ')}.${near}`, path, stepLocation(step));
    return;
  }
  problems.error(`${where} ${describeError(error, allowedValue)}.`, path, stepLocation(step));
}

/** What the keyword requires; in words where ajv would show a regular expression. */
function describeError(error: ErrorObject, allowedValue: unknown): string {
  if (allowedValue !== undefined) return `must be ${JSON.stringify(allowedValue)}`;
  if (error.keyword !== 'pattern') return error.message ?? 'is invalid';
  return String(error.schema).startsWith('^')
    ? 'must begin with a letter and contain only letters, digits, _ and -, at most 64 characters'
    : 'must contain an {{ expression }} when it is a string';
}

/** The path with list indexes as numbers. */
function typedPath(path: readonly string[], value: Json): DocumentPath {
  let at: Json | undefined = value;
  return path.map((part) => {
    const inList = Array.isArray(at);
    at = typeof at === 'object' && at !== null ? (at as Readonly<Record<string, Json>>)[part] : undefined;
    return inList ? Number(part) : part;
  });
}

function stepLocation(step: Json | undefined): { readonly step?: string } {
  return typeof step === 'string' ? { step: step.slice(0, 64) } : {};
}

function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}
