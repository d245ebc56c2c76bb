import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import type { AnyCommand } from './define-command.ts';
import { compileOptions } from './validate-options.ts';

/** A command is also a field of the GraphQL mutation, and these are taken or will be. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...['signIn', 'execute', 'startRun', 'runAgent', 'cancelRun', 'retryStep', 'rerunFrom', 'decideApproval'],
  ...['sendSignal', 'submitJob', 'saveWorkflow', 'deleteWorkflow', 'uploadArtifact'],
]);
/** Every mutation has this member of its input in addition to the command's options. */
const RESERVED_OPTION = 'idempotencyKey';
const CAMEL_CASE = /^[a-z][A-Za-z0-9]{0,63}$/;

/**
 * What is wrong with a command, as the end of a sentence about its module; undefined when nothing is. It may come from
 * JavaScript, so nothing is taken for granted.
 * @param taken names of commands that exist
 */
export function commandProblem(command: AnyCommand, taken: ReadonlySet<string>): string | undefined {
  const { name, title, description } = command as Partial<AnyCommand>;
  if (typeof name !== 'string' || !CAMEL_CASE.test(name))
    return `has a command named ${quote(name)}; names are camelCase.`;
  const about = (what: string) => `has the command ${name}, ${what}`;
  if (RESERVED_NAMES.has(name)) return about('but that name is reserved.');
  if (taken.has(name)) return about('but there is one of that name already.');
  if (!isText(title)) return about('which has no title.');
  if (!isText(description)) return about('which has no description.');
  const wrong = actionProblem(command) ?? optionsProblem(command.options);
  return wrong && about(wrong);
}

function actionProblem(command: object): string | undefined {
  if ('steps' in command) return typeof command.steps === 'function' ? undefined : 'whose steps is no function.';
  if (!('run' in command) || typeof command.run !== 'function') return 'which has neither a function run nor steps.';
  const effect = 'effect' in command ? command.effect : undefined;
  return effect === 'pure' || effect === 'external' ? undefined : 'whose effect is neither "pure" nor "external".';
}

function optionsProblem(options: unknown): string | undefined {
  if (!isJsonObject(options) || options.type !== 'object' || !isJsonObject(options.properties)) {
    return 'whose options are not an object schema: use Type.Object({…}).';
  }
  for (const [name, schema] of Object.entries(options.properties)) {
    if (!CAMEL_CASE.test(name)) return `whose option ${quote(name)} is not camelCase.`;
    if (name === RESERVED_OPTION) return `whose option ${name} is reserved.`;
    if (!isJsonObject(schema) || !isText(schema.description)) return `whose option ${name} has no description.`;
  }
  return compileProblem(options);
}

function compileProblem(options: JsonObject): string | undefined {
  try {
    compileOptions(options);
    return undefined;
  } catch (error) {
    return `whose options are not a valid JSON Schema: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function quote(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}
