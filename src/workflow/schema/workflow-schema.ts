import type { JsonObject } from '../../lib/json.ts';
import { MAX_ITEMS_AT_ONCE, MAX_SLEEP_MS, MAX_STEPS } from '../model/workflow-limits.ts';
import {
  IDENTIFIER_PATTERN,
  integerOrExpression,
  integerSchema,
  stepInputSchema,
  textSchema,
  textsOrExpression,
} from './schema-parts.ts';
import { AGENT_SCHEMA, STEP_OPTION_SCHEMAS } from './step-schema.ts';

/** Where HTTP serves it, and what documents may name in `$schema`. */
export const WORKFLOW_SCHEMA_ID = 'https://signalbox.invalid/schemas/workflow.json';

interface StepKindSchema {
  readonly about: string;
  readonly keys: JsonObject;
  readonly required: readonly string[];
}

/** A kind that is made of calls of tools. With `tool` it is a step of kind tool, as other systems write it. */
const compositeKind = (about: string): StepKindSchema => ({
  about,
  keys: {
    tool: textSchema('The one tool that does it.', 128),
    input: stepInputSchema('Its input, or the arguments of the tool.'),
  },
  required: [],
});

/** What each kind has of its own, and which of it must be there. */
const STEP_KIND_SCHEMAS: Readonly<Record<string, StepKindSchema>> = {
  command: {
    about: 'A command of this server.',
    keys: { command: textSchema('Its name.', 64), input: stepInputSchema('Its options, as the command has them.') },
    required: ['command'],
  },
  query: {
    about: 'A read that leaves nothing behind.',
    keys: { query: textSchema('Its name.', 64), input: stepInputSchema('Its options, as the query has them.') },
    required: ['query'],
  },
  tool: {
    about: 'A tool of this server.',
    keys: { tool: textSchema('Its name.', 128), input: stepInputSchema('Its arguments, as the tool has them.') },
    required: ['tool'],
  },
  agent: {
    about: 'An agent: what it is for, and how it is reached.',
    keys: { agent: AGENT_SCHEMA, input: { description: 'What it is handed as context: any value.' } },
    required: ['agent'],
  },
  transform: {
    about: 'A value made of others by JSONata.',
    keys: {
      input: stepInputSchema(
        'Data and what is made of it.',
        {
          data: { description: 'Any value; often an expression.' },
          expression: textSchema('JSONata, which sees the data as its input.', 65_536),
        },
        ['expression'],
      ),
    },
    required: ['input'],
  },
  approval: {
    about: 'Waits until a person agrees.',
    keys: {
      input: stepInputSchema(
        'What is asked, and of whom.',
        {
          reason: textSchema('What the person decides on; may hold expressions.', 4_096),
          roles: textsOrExpression('Who may decide has one of these roles; without it whom the policy lets.'),
          expires_ms: integerOrExpression('How long the question stands, in ms.', 1, MAX_SLEEP_MS),
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
        ...stepInputSchema('How long, or until when: one of the two.', {
          ms: integerOrExpression('How long, in ms; at most 366 days.', 0, MAX_SLEEP_MS),
          until: textSchema('Until when: a date and time of RFC 3339, or an expression.', 4_096),
        }),
        minProperties: 1,
        maxProperties: 1,
      },
    },
    required: ['input'],
  },
  signal: {
    about: 'Waits until a signal of that name is sent to the run.',
    keys: {
      input: stepInputSchema(
        'Which signal.',
        {
          name: textSchema('Its name; may hold expressions.', 4_096),
          timeout_ms: integerOrExpression('How long it waits, in ms.', 1, MAX_SLEEP_MS),
        },
        ['name'],
      ),
    },
    required: ['input'],
  },
  workflow: {
    about: 'A run of a saved workflow.',
    keys: {
      workflow: { type: 'string', pattern: IDENTIFIER_PATTERN, description: 'Its name.' },
      input: stepInputSchema('Its inputs.'),
    },
    required: ['workflow'],
  },
  plan: compositeKind('Works out what is to be built.'),
  research: compositeKind('Looks things up, and collects what was found.'),
  codegen: compositeKind('Writes files by a plan.'),
  eval: compositeKind('Checks files: lint, types, tests.'),
  repo: compositeKind('Commits files to a git repository.'),
  notify: compositeKind('Tells people.'),
};

export const STEP_KIND_NAMES: readonly string[] = Object.keys(STEP_KIND_SCHEMAS);

/** What a step of the kind is, by the name in `$defs`. A compensation has no more than the kind, its keys and retry. */
function definitionsOf(kind: string): JsonObject {
  const { about, keys, required } = STEP_KIND_SCHEMAS[kind] as (typeof STEP_KIND_SCHEMAS)[string];
  const own = { kind: { const: kind, description: about }, ...keys };
  const refs = Object.fromEntries(
    Object.keys(STEP_OPTION_SCHEMAS).map((name) => [name, { $ref: `#/$defs/option_${name}` }]),
  );
  const object = { type: 'object', additionalProperties: false, description: about };
  const step = kind === 'command' ? refs : omit(refs, 'output_media_type');
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

const schedule: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['cron'],
  description: 'When the saved workflow starts by itself.',
  properties: {
    cron: textSchema('Five fields as crontab(5) has them, or six with seconds first.', 200),
    time_zone: { ...textSchema('IANA name of the time zone that these are times of.', 64), default: 'UTC' },
    overlap: {
      type: 'string',
      enum: ['skip', 'queue', 'allow'],
      default: 'skip',
      description: 'When the run before is not over: leave this one out, start it afterwards, or start it beside.',
    },
    catch_up: {
      type: 'string',
      enum: ['none', 'one', 'all'],
      default: 'one',
      description: 'About the times at which no server ran: nothing, one run, or one for each.',
    },
  },
};

/** JSON Schema 2020-12 of the native form; what documents are checked by, and what editors are given. */
export const WORKFLOW_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: WORKFLOW_SCHEMA_ID,
  title: 'Signalbox workflow',
  description:
    'A workflow in its native form. Strings may hold {{ expressions }} where it says so, and in every input.',
  type: 'object',
  additionalProperties: false,
  required: ['name', 'steps'],
  properties: {
    $schema: { type: 'string', description: 'This schema, for editors.' },
    name: { type: 'string', pattern: IDENTIFIER_PATTERN, description: 'What it is saved under.' },
    description: textSchema('What it is for.', 10_000),
    goal_template: textSchema('What a run is to come to, with expressions over the inputs.', 4_096),
    inputs: {
      type: 'object',
      description:
        'Name → string, number, integer, boolean, array or object, or a JSON Schema; one with a default may be left ' +
        'out. Or one JSON Schema of type object for all of them.',
      additionalProperties: true,
    },
    steps: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_STEPS,
      description: 'What is done. The order is that of depends_on and of the expressions, not of the list.',
      items: { oneOf: STEP_KIND_NAMES.map((kind) => ({ $ref: `#/$defs/${kind}_step` })) },
    },
    outputs: {
      type: 'object',
      description: 'Name → value with expressions, worked out when the run has succeeded.',
      additionalProperties: true,
    },
    schedule: { $ref: '#/$defs/schedule' },
    labels: { $ref: '#/$defs/option_labels' },
    max_parallel: integerSchema('Steps of a run under way at once.', 1, MAX_ITEMS_AT_ONCE),
    max_parallel_runs: integerSchema('Steps under way at once in all runs of the workflow.', 1, 10_000),
  },
  $defs: {
    schedule,
    body: {
      description:
        'What undoes the step when the run fails or is cancelled after it: its kind with what belongs to it.',
      oneOf: STEP_KIND_NAMES.map((kind) => ({ $ref: `#/$defs/${kind}_body` })),
    },
    ...Object.fromEntries(Object.entries(STEP_OPTION_SCHEMAS).map(([name, option]) => [`option_${name}`, option])),
    ...Object.assign({}, ...STEP_KIND_NAMES.map(definitionsOf)),
  },
};
