import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { type DocumentPath, type Problems, pathText } from '../model/problems.ts';
import { STEP_KIND_NAMES, WORKFLOW_SCHEMA, WORKFLOW_SCHEMA_ID } from '../schema/workflow-schema.ts';

/** Kinds that people know from elsewhere, and what does their work in this version. */
const UNSUPPORTED_KINDS: Readonly<Record<string, string>> = {
  job: 'Jobs come with a later version. Use a tool or a command with a `pool`, or send the work out and wait for a signal.',
};

let ajv: Ajv2020 | undefined;

/**
 * Checks the document by its JSON Schema, each step by that of its kind, so that nobody is told about kinds that the
 * step is not.
 * @returns the steps that have the shape of their kind, by their place
 */
export function checkShape(document: JsonObject, problems: Problems): ReadonlySet<number> {
  const steps = Array.isArray(document.steps) ? (document.steps as readonly Json[]) : undefined;
  // What is inside the steps comes afterwards.
  const envelope = steps ? { ...document, steps: steps.length === 0 ? [] : [PLACEHOLDER_STEP] } : document;
  report(validatorOf(''), envelope, [], problems);
  const fit = new Set<number>();
  for (const [i, step] of (steps ?? []).entries()) if (checkStep(step, ['steps', i], problems)) fit.add(i);
  return fit;
}

const PLACEHOLDER_STEP = { id: 'a', kind: 'sleep', input: { ms: 0 } };

function checkStep(step: Json, at: DocumentPath, problems: Problems): boolean {
  if (!isJsonObject(step)) {
    problems.error(`${pathText(at)} must be an object with id and kind.`, at);
    return false;
  }
  const { compensate, ...rest } = step;
  const whole =
    checkKind(step.kind, at, problems, step.id) &&
    report(validatorOf(`${step.kind}_step`), rest, at, problems, step.id);
  if (compensate === undefined) return whole;
  const inner = [...at, 'compensate'];
  if (!isJsonObject(compensate)) {
    problems.error(`${pathText(inner)} must be an object with kind.`, inner, stepLocation(step.id));
    return false;
  }
  const fits = checkKind(compensate.kind, inner, problems, step.id);
  return fits && report(validatorOf(`${compensate.kind}_body`), compensate, inner, problems, step.id) && whole;
}

function checkKind(kind: Json | undefined, at: DocumentPath, problems: Problems, step: Json | undefined): boolean {
  if (typeof kind === 'string' && STEP_KIND_NAMES.includes(kind)) return true;
  const kinds = `The kinds of this version are ${STEP_KIND_NAMES.join(', ')}.`;
  const place = pathText(at);
  if (typeof kind !== 'string') {
    problems.error(`${place} has no kind. ${kinds}`, at, stepLocation(step));
  } else if (Object.hasOwn(UNSUPPORTED_KINDS, kind)) {
    problems.error(
      `${place} is of kind ${kind}. ${UNSUPPORTED_KINDS[kind]} ${kinds}`,
      [...at, 'kind'],
      stepLocation(step),
    );
  } else {
    const near = didYouMean(kind, STEP_KIND_NAMES);
    problems.error(
      `${place} is of the unknown kind ${quote(kind)}.${near} ${kinds}`,
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
  const found = ajv.getSchema(name);
  if (!found) throw new TypeError(`the workflow schema does not define ${definition}`);
  return found;
}

function report(validate: ValidateFunction, value: Json, at: DocumentPath, problems: Problems, step?: Json): boolean {
  if (validate(value)) return true;
  for (const error of validate.errors ?? []) reportError(error, value, at, problems, step);
  return false;
}

function reportError(error: ErrorObject, value: Json, at: DocumentPath, problems: Problems, step?: Json): void {
  const inner = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const path = [...at, ...typedPath(inner, value)];
  const { additionalProperty, missingProperty, allowedValues, allowedValue } = error.params as Readonly<
    Record<string, unknown>
  >;
  if (typeof additionalProperty === 'string') {
    const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
    const where = path.length === 0 ? 'The document' : pathText(path);
    const message = () => {
      const near = didYouMean(additionalProperty, known) || ` There are: ${known.join(', ')}.`;
      return `${where} has the unknown key ${quote(additionalProperty)}.${near}`;
    };
    problems.error(message, [...path, additionalProperty], { ...stepLocation(step), key: 'key' });
    return;
  }
  const where = path.length === 0 ? 'The document' : pathText(path);
  if (typeof missingProperty === 'string') {
    problems.error(`${where} has no ${missingProperty}, which it must have.`, path, stepLocation(step));
    return;
  }
  if (Array.isArray(allowedValues)) {
    const near = typeof error.data === 'string' ? didYouMean(error.data, allowedValues as string[]) : '';
    problems.error(`${where} must be one of ${allowedValues.join(', ')}.${near}`, path, stepLocation(step));
    return;
  }
  problems.error(`${where} ${describeError(error, allowedValue)}.`, path, stepLocation(step));
}

/** What the keyword asks for, where ajv would show a pattern that nobody reads. */
function describeError(error: ErrorObject, allowedValue: unknown): string {
  if (allowedValue !== undefined) return `must be ${JSON.stringify(allowedValue)}`;
  if (error.keyword !== 'pattern') return error.message ?? 'does not fit';
  return String(error.schema).startsWith('^')
    ? 'must begin with a letter and go on with letters, digits, _ and -, 64 at most'
    : 'must hold an {{ expression }} when it is text';
}

/** Places in lists as numbers. */
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
