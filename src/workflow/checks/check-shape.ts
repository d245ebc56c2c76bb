import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { DocumentPath, Problems } from '../model/problems.ts';
import { STEP_KIND_NAMES, WORKFLOW_SCHEMA, WORKFLOW_SCHEMA_ID } from '../schema/workflow-schema.ts';

/** Kinds of other systems, and what to use instead in this version. */
const UNSUPPORTED_KINDS: Readonly<Record<string, string>> = {
  job: 'Jobs are not supported yet. Use a tool or a command with a `pool`, or send the work out and wait for a signal.',
};

let ajv: Ajv2020 | undefined;

/**
 * Checks the document by its JSON Schema, and each step by the schema of its kind alone, so that no problem is about
 * another kind.
 * @returns indexes of the steps that have the shape of their kind
 */
export function checkShape(document: JsonObject, problems: Problems): ReadonlySet<number> {
  const steps = Array.isArray(document.steps) ? (document.steps as readonly Json[]) : undefined;
  // The steps are checked one by one afterwards.
  const envelope = steps ? { ...document, steps: steps.length === 0 ? [] : [PLACEHOLDER_STEP] } : document;
  report(validatorOf(''), envelope, [], problems);
  const fit = new Set<number>();
  for (const [i, step] of (steps ?? []).entries()) if (checkStep(step, ['steps', i], problems)) fit.add(i);
  return fit;
}

const PLACEHOLDER_STEP = { id: 'a', kind: 'sleep', input: { ms: 0 } };

function checkStep(step: Json, at: DocumentPath, problems: Problems): boolean {
  if (!isJsonObject(step)) {
    problems.error(`${problems.pathText(at)} must be an object with id and kind.`, at);
    return false;
  }
  const { compensate, ...rest } = step;
  const valid =
    checkKind(step.kind, at, problems, step.id) &&
    report(validatorOf(`${step.kind}_step`), rest, at, problems, step.id);
  if (compensate === undefined) return valid;
  const bodyPath = [...at, 'compensate'];
  if (!isJsonObject(compensate)) {
    problems.error(`${problems.pathText(bodyPath)} must be an object with kind.`, bodyPath, stepLocation(step.id));
    return false;
  }
  const fits = checkKind(compensate.kind, bodyPath, problems, step.id);
  return fits && report(validatorOf(`${compensate.kind}_body`), compensate, bodyPath, problems, step.id) && valid;
}

function checkKind(kind: Json | undefined, at: DocumentPath, problems: Problems, step: Json | undefined): boolean {
  if (typeof kind === 'string' && STEP_KIND_NAMES.includes(kind)) return true;
  const kinds = `The kinds are ${STEP_KIND_NAMES.join(', ')}.`;
  const where = problems.pathText(at);
  if (typeof kind !== 'string') {
    problems.error(`${where} has no kind. ${kinds}`, at, stepLocation(step));
  } else if (Object.hasOwn(UNSUPPORTED_KINDS, kind)) {
    problems.error(
      `${where} has the kind ${kind}. ${UNSUPPORTED_KINDS[kind]} ${kinds}`,
      [...at, 'kind'],
      stepLocation(step),
    );
  } else {
    const near = didYouMean(kind, STEP_KIND_NAMES);
    problems.error(
      `${where} has the unknown kind ${quote(kind)}.${near} ${kinds}`,
      [...at, 'kind'],
      stepLocation(step),
    );
  }
  return false;
}

function validatorOf(definition: string): ValidateFunction {
  ajv ??= new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
  }).addSchema(WORKFLOW_SCHEMA);
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
