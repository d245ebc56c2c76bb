import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { escapeTemplate } from '../expressions/template.ts';
import { escapeAgent } from '../inputs/agent-input.ts';
import type { Catalog, CatalogEntry } from '../model/catalog.ts';
import type { DocumentPath, Problems } from '../model/problems.ts';
import { matchName, matchQueryName } from './envelope.ts';
import { fromEnvelopeStep, isEnvelopeStep, pipelineStepsOf } from './envelope-step.ts';
import { contentExpression, type NativeForm, outputExpression, resourceExpression } from './native-form.ts';

/** In the options of a step: the URI of the output of the step before it. Only the exact string counts. */
const PREVIOUS_OUTPUT = '$previous.output';
const DOCUMENT_KEYS = ['name', 'description', 'steps'];
const ENVELOPE_DOCUMENT_KEYS = ['name', 'description', 'meta'];
const STEP_KEYS = ['command', 'options'];
const AGENT_STEP_KEYS = ['agent'];

/** True for `steps` as the mutation `pipeline` takes them: steps without id and kind. */
export function isPipeline(document: JsonObject): boolean {
  // No other form has `meta` at its top.
  if ('meta' in document && !('steps' in document) && !('nodes' in document)) return true;
  const { steps } = pipelineStepsOf(document);
  if (!Array.isArray(steps) || steps.length === 0) return false;
  const objects = (steps as readonly Json[]).filter(isJsonObject);
  const isNative = objects.some((step) => 'id' in step || 'kind' in step);
  const isCall = (step: JsonObject) =>
    ['command', 'options', 'agent'].some((key) => key in step) || isEnvelopeStep(step);
  return !isNative && objects.some(isCall);
}

/** Converts a pipeline to the native form. The output of its last step is named `output`. */
export function fromPipeline(document: JsonObject, catalog: Catalog, problems: Problems): NativeForm {
  const origins = new Map<string, DocumentPath>([
    ['name', ['name']],
    ['description', ['description']],
    ['steps', pipelineStepsOf(document).at],
  ]);
  checkKeys(document, document.steps ? DOCUMENT_KEYS : ENVELOPE_DOCUMENT_KEYS, [], 'A pipeline', problems);
  const steps: JsonObject[] = [];
  let previous: string | undefined;
  for (const [i, { step, written, at, optionsAt, outputMediaType }] of writtenSteps(
    document,
    catalog,
    problems,
  ).entries()) {
    const isAgent = step.agent !== undefined && step.command === undefined;
    checkKeys(step, isAgent ? AGENT_STEP_KEYS : STEP_KEYS, at, `Step ${i + 1}`, problems);
    const body = isAgent
      ? agentBody(step.agent, i, at, previous, problems)
      : commandBody(step, i, at, previous, catalog, problems);
    if (!body) continue;
    const key = keyOf(String(isAgent ? 'agent' : step.command), i);
    const stepPath = `steps[${steps.length}]`;
    origins.set(stepPath, at).set(`${stepPath}.input`, [...at, 'options']);
    if (written.agent_node !== undefined) origins.set(`${stepPath}.agent`, [...at, 'agent_node']);
    for (const [name, path] of optionsAt) origins.set(`${stepPath}.input.${name}`, path);
    steps.push({
      id: key,
      ...body,
      ...(previous !== undefined && { depends_on: [previous] }),
      ...(outputMediaType !== undefined && { output_media_type: outputMediaType }),
    });
    previous = key;
  }
  const { name = 'pipeline', description } = document;
  const outputs = previous === undefined ? undefined : { output: outputExpression(previous) };
  return {
    document: { name, ...(description !== undefined && { description }), steps, ...(outputs && { outputs }) },
    origins,
  };
}

interface WrittenStep {
  readonly written: JsonObject;
  /** The same in the form `{command, options}` or `{agent}`. */
  readonly step: JsonObject;
  readonly at: DocumentPath;
  /** Name of an option → where it is; for those that are not under `options`. */
  readonly optionsAt: ReadonlyMap<string, DocumentPath>;
  readonly outputMediaType?: string;
}

/** The steps, those in the envelope form converted. */
function writtenSteps(document: JsonObject, catalog: Catalog, problems: Problems): readonly WrittenStep[] {
  const { steps, at: listAt } = pipelineStepsOf(document);
  if (!Array.isArray(steps) || steps.length === 0) {
    problems.error(`${listAt.join('.')} must be a list of steps, with at least one.`, listAt);
    return [];
  }
  const { commands, queries } = catalog.names;
  const known = (command: string) => {
    const query = matchQueryName(command, queries);
    return !commands.includes(command) && queries.includes(query) ? query : matchName(command, commands);
  };
  return (steps as readonly Json[]).flatMap((written, i): readonly WrittenStep[] => {
    const at = [...listAt, i];
    if (!isJsonObject(written)) {
      problems.error(`Step ${i + 1} must be an object with command and request, or with agent_node.`, at);
      return [];
    }
    const { command } = written;
    const step = typeof command === 'string' ? { ...written, command: known(command) } : written;
    if (!isEnvelopeStep(step)) return [{ step, written, at, optionsAt: new Map() }];
    const form = fromEnvelopeStep(step, (name) => {
      const properties = (catalog.command(name) ?? catalog.query(name))?.options.properties;
      return isJsonObject(properties) ? properties : undefined;
    });
    for (const problem of form.problems) problems.error(`Step ${i + 1}: ${problem.message}`, [...at, ...problem.at]);
    return form.steps.map(({ origins, step: one, ...rest }) => {
      const optionsAt = new Map([...origins].map(([name, path]) => [name, [...at, ...path]]));
      return { ...rest, step: one, written, at, optionsAt };
    });
  });
}

function commandBody(
  { command, options = {} }: JsonObject,
  i: number,
  at: DocumentPath,
  previous: string | undefined,
  catalog: Catalog,
  problems: Problems,
): JsonObject | undefined {
  if (typeof command !== 'string' || command === '') {
    problems.error(`Step ${i + 1} has no command and no agent. Add one of the two.`, at);
    return undefined;
  }
  if (!isJsonObject(options)) {
    problems.error(`The options of step ${i + 1} must be an object.`, [...at, 'options']);
    return undefined;
  }
  if (i === 0 && mentionsPrevious(options)) {
    problems.error(`The first step cannot use ${PREVIOUS_OUTPUT}: no step runs before it. Name a resource.`, [
      ...at,
      'options',
    ]);
  }
  const isQuery = !catalog.command(command) && catalog.query(command) !== undefined;
  const entry = isQuery ? catalog.query(command) : catalog.command(command);
  const input = withPrevious(options, entry, previous ?? '');
  return isQuery ? { kind: 'query', query: command, input } : { kind: 'command', command, input };
}

function agentBody(
  agent: Json | undefined,
  i: number,
  at: DocumentPath,
  previous: string | undefined,
  problems: Problems,
): JsonObject | undefined {
  if (!isJsonObject(agent)) {
    problems.error(`The agent of step ${i + 1} must be an object.`, [...at, 'agent']);
    return undefined;
  }
  const context = previous !== undefined && { input: { previous: contentExpression(previous) } };
  return { kind: 'agent', agent: escapeAgent(agent), ...context };
}

function keyOf(command: string, i: number): string {
  const word = command.replace(/[^A-Za-z0-9_-]/g, '_').replace(/^[^A-Za-z]/, 'c');
  return `${word.slice(0, 56)}_${i + 1}`;
}

function checkKeys(
  object: JsonObject,
  keys: readonly string[],
  at: DocumentPath,
  what: string,
  problems: Problems,
): void {
  for (const name of Object.keys(object)) {
    if (keys.includes(name)) continue;
    const hint = didYouMean(name, keys) || ` Known keys: ${keys.join(', ')}.`;
    problems.error(`${what} has the unknown key ${JSON.stringify(name.slice(0, 64))}.${hint}`, [...at, name], {
      key: 'key',
    });
  }
}

/** The options with `$previous.output` replaced; an option that takes a resource may be the bare string. */
function withPrevious(options: JsonObject, entry: CatalogEntry | undefined, previous: string): JsonObject {
  const uri = resourceExpression(previous);
  const replace = (value: Json): Json => {
    if (value === PREVIOUS_OUTPUT) return uri;
    if (typeof value === 'string') return escapeTemplate(value);
    if (Array.isArray(value)) return value.map(replace);
    return isJsonObject(value) ? mapObject(value, replace) : value;
  };
  return mapObject(options, (value, name) =>
    value === PREVIOUS_OUTPUT && takesResource(entry, name) ? { uri } : replace(value),
  );
}

function takesResource(entry: CatalogEntry | undefined, name: string): boolean {
  const properties = entry?.options.properties;
  const option = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isJsonObject(option) && option['x-signalbox'] === 'resource';
}

function mapObject(object: JsonObject, map: (value: Json, name: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value, name)]));
}

function mentionsPrevious(value: Json): boolean {
  if (value === PREVIOUS_OUTPUT) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(mentionsPrevious);
}
