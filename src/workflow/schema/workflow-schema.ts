import { AGENT_BACKENDS } from '../../core/agent.ts';
import type { JsonObject } from '../../lib/json.ts';
import { MAX_ITEMS_AT_ONCE, MAX_SLEEP_MS, MAX_STEPS } from '../model/workflow-limits.ts';
import { CONCURRENCY_SCHEMA, DEBOUNCE_SCHEMA, PRIORITY_SCHEMA, RATE_SCHEMA } from './flow-schema.ts';
import {
  IDENTIFIER_PATTERN,
  integerOrExpression,
  integerSchema,
  stepInputSchema,
  textSchema,
  textsOrExpression,
} from './schema-parts.ts';
import { agentSchema, STEP_OPTION_SCHEMAS } from './step-schema.ts';
import { ON_SCHEMA, SCHEDULE_SCHEMA } from './trigger-schema.ts';

/** The `$id` of the schema, which documents may name in `$schema`. */
export const WORKFLOW_SCHEMA_ID = 'https://signalbox.invalid/schemas/workflow.json';

interface StepKindSchema {
  readonly about: string;
  readonly keys: JsonObject;
  readonly required: readonly string[];
}

/** A kind that calls tools. With `tool` it becomes a step of kind tool, as other systems write it. */
const compositeKind = (about: string): StepKindSchema => ({
  about,
  keys: {
    tool: textSchema('Tool to call instead; the step then has the kind tool.', 128),
    input: stepInputSchema('Input of the step, or arguments of the tool.'),
  },
  required: [],
});

/** The keys that each kind has in addition to the common ones, and which of them are required. */
const STEP_KIND_SCHEMAS: Readonly<Record<string, StepKindSchema>> = {
  command: {
    about: 'Runs a command of this server.',
    keys: { command: textSchema('Name of the command.', 64), input: stepInputSchema('Options of the command.') },
    required: ['command'],
  },
  query: {
    about: 'Runs a query, which stores nothing.',
    keys: { query: textSchema('Name of the query.', 64), input: stepInputSchema('Options of the query.') },
    required: ['query'],
  },
  tool: {
    about: 'Calls a tool of this server.',
    keys: { tool: textSchema('Name of the tool.', 128), input: stepInputSchema('Arguments of the tool.') },
    required: ['tool'],
  },
  agent: {
    about: 'Runs an agent.',
    keys: { agent: agentSchema([]), input: { description: 'Context of the agent: any value.' } },
    required: ['agent'],
  },
  transform: {
    about: 'Computes a value with JSONata.',
    keys: {
      input: stepInputSchema(
        'Data, and the expression to apply to it.',
        {
          data: { description: 'Input of the JSONata expression: any value, often an {{ expression }}.' },
          expression: textSchema('JSONata, with `data` as its input.', 65_536),
        },
        ['expression'],
      ),
    },
    required: ['input'],
  },
  approval: {
    about: 'Waits until a person approves.',
    keys: {
      input: stepInputSchema(
        'What to approve, and who may decide.',
        {
          reason: textSchema('What the person decides on; may hold expressions.', 4_096),
          roles: textsOrExpression('Roles that may decide. Default: every role that the policy allows.'),
          expires_ms: integerOrExpression('Time until the approval expires, in ms.', 1, MAX_SLEEP_MS),
        },
        ['reason'],
      ),
    },
    required: ['input'],
  },
  sleep: {
    about: 'Waits for a time.',
    keys: {
      input: {
        ...stepInputSchema('Either `ms` or `until`.', {
          ms: integerOrExpression('Duration, in ms. Maximum 366 days.', 0, MAX_SLEEP_MS),
          until: textSchema('Date and time of RFC 3339, or an expression that evaluates to one.', 4_096),
        }),
        minProperties: 1,
        maxProperties: 1,
      },
    },
    required: ['input'],
  },
  signal: {
    about: 'Waits until the named signal is sent to the run.',
    keys: {
      input: stepInputSchema(
        'The signal to wait for.',
        {
          name: textSchema('Name of the signal; may hold expressions.', 4_096),
          timeout_ms: integerOrExpression('Maximum time to wait, in ms.', 1, MAX_SLEEP_MS),
        },
        ['name'],
      ),
    },
    required: ['input'],
  },
  workflow: {
    about: 'Runs a saved workflow.',
    keys: {
      workflow: { type: 'string', pattern: IDENTIFIER_PATTERN, description: 'Name of the workflow.' },
      version: {
        oneOf: [{ const: 'latest' }, { type: 'integer', minimum: 1 }],
        description:
          'Version of the workflow. Default: the one that it has when this workflow is saved. latest: the one that it has when the step starts.',
      },
      input: stepInputSchema('Inputs of the workflow.'),
    },
    required: ['workflow'],
  },
  plan: compositeKind('Plans what to build.'),
  research: compositeKind('Searches, and collects the results.'),
  codegen: compositeKind('Writes files according to a plan.'),
  eval: compositeKind('Checks files: lint, types, tests.'),
  repo: compositeKind('Commits files to a git repository.'),
  notify: compositeKind('Notifies people.'),
  http: {
    about: 'Sends an HTTP request; its output is the response.',
    keys: { input: stepInputSchema('Request: url, method, query, headers, auth, a body, pages.') },
    required: ['input'],
  },
};

/** What each kind defines of a step, by its name. */
export const KIND_SCHEMAS: Readonly<Record<string, JsonObject>> = Object.fromEntries(
  Object.entries(STEP_KIND_SCHEMAS).map(([kind, { keys }]) => [kind, { type: 'object', properties: keys }]),
);

export const STEP_KIND_NAMES: readonly string[] = Object.keys(STEP_KIND_SCHEMAS);

/** What plugins add to the schema. */
export interface WorkflowAdditions {
  /** By name in documents, with a title. Those that every server has are ignored, here and in `backends`. */
  readonly kinds: readonly { readonly name: string; readonly title: string }[];
  readonly backends: readonly string[];
}

function kindSchemas({ kinds, backends }: WorkflowAdditions): ReadonlyMap<string, StepKindSchema> {
  const schemas = new Map(Object.entries(STEP_KIND_SCHEMAS));
  const others = backends.filter((name) => !AGENT_BACKENDS.some((one) => one === name));
  const agent = schemas.get('agent');
  if (agent && others.length > 0)
    schemas.set('agent', { ...agent, keys: { ...agent.keys, agent: agentSchema(others) } });
  for (const { name, title } of kinds) {
    if (schemas.has(name)) continue;
    schemas.set(name, { about: `${title}.`, keys: { input: stepInputSchema('Input of the step.') }, required: [] });
  }
  return schemas;
}

/** Kinds whose output need not be JSON, besides those of plugins. */
const JSON_ONLY: ReadonlySet<string> = new Set(STEP_KIND_NAMES.filter((kind) => kind !== 'command' && kind !== 'http'));

/** Definitions of a kind, by name in `$defs`. A compensation has only the kind, its keys and retry. */
function definitionsOf(kind: string, { about, keys, required }: StepKindSchema): JsonObject {
  const own = { kind: { const: kind, description: about }, ...keys };
  const refs = Object.fromEntries(
    Object.keys(STEP_OPTION_SCHEMAS).map((name) => [name, { $ref: `#/$defs/option_${name}` }]),
  );
  const object = { type: 'object', additionalProperties: false, description: about };
  const step = JSON_ONLY.has(kind) ? omit(refs, 'output_media_type') : refs;
  const body = { ...own, retry: { $ref: '#/$defs/option_retry' } };
  return {
    [`${kind}_step`]: {
      ...object,
      required: ['id', 'kind', ...required],
      properties: { ...step, ...own, compensate: { $ref: '#/$defs/body' } },
    },
    [`${kind}_body`]: { ...object, required: ['kind', ...required], properties: body },
  };
}

function omit(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

/** JSON Schema 2020-12 of the native form; validates documents, and is published for editors. */
export function createWorkflowSchema(additions: WorkflowAdditions): JsonObject {
  const schemas = kindSchemas(additions);
  const kinds = [...schemas.keys()];
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: WORKFLOW_SCHEMA_ID,
    title: 'Signalbox workflow',
    description:
      'A workflow in its native form. Strings may hold {{ expressions }} in every input, and where the description says so.',
    type: 'object',
    additionalProperties: false,
    required: ['name', 'steps'],
    properties: {
      $schema: { type: 'string', description: 'This schema, for editors.' },
      name: { type: 'string', pattern: IDENTIFIER_PATTERN, description: 'Name under which the workflow is saved.' },
      description: textSchema('Purpose of the workflow.', 10_000),
      goal_template: textSchema('Goal of a run; may hold expressions over the inputs.', 4_096),
      inputs: {
        type: 'object',
        description:
          'Name → string, number, integer, boolean, array, object, or a JSON Schema; an input with a default is optional. ' +
          'Or one JSON Schema of type object for all inputs.',
        additionalProperties: true,
      },
      steps: {
        type: 'array',
        minItems: 1,
        maxItems: MAX_STEPS,
        description: 'Steps of the workflow. depends_on and expressions determine their order, not the list.',
        items: { oneOf: kinds.map((kind) => ({ $ref: `#/$defs/${kind}_step` })) },
      },
      outputs: {
        type: 'object',
        description: 'Name → value with expressions, evaluated when the run has succeeded.',
        additionalProperties: true,
      },
      schedule: { $ref: '#/$defs/schedule' },
      on: { $ref: '#/$defs/on' },
      concurrency: { $ref: '#/$defs/concurrency' },
      rate: { $ref: '#/$defs/rate' },
      debounce: { $ref: '#/$defs/debounce' },
      priority: PRIORITY_SCHEMA,
      labels: { $ref: '#/$defs/option_labels' },
      max_parallel: integerSchema('Steps of one run that run at once.', 1, MAX_ITEMS_AT_ONCE),
      max_parallel_runs: integerSchema('Steps of all runs of the workflow that run at once.', 1, 10_000),
    },
    $defs: {
      schedule: SCHEDULE_SCHEMA,
      on: ON_SCHEMA,
      concurrency: CONCURRENCY_SCHEMA,
      rate: RATE_SCHEMA,
      debounce: DEBOUNCE_SCHEMA,
      body: {
        description: 'Compensation: undoes the step when the run fails or is cancelled after it. A kind with its keys.',
        oneOf: kinds.map((kind) => ({ $ref: `#/$defs/${kind}_body` })),
      },
      ...Object.fromEntries(Object.entries(STEP_OPTION_SCHEMAS).map(([name, option]) => [`option_${name}`, option])),
      ...Object.assign({}, ...[...schemas].map(([kind, schema]) => definitionsOf(kind, schema))),
    },
  };
}

/** That of a server without plugins. */
export const WORKFLOW_SCHEMA: JsonObject = createWorkflowSchema({ kinds: [], backends: [] });
