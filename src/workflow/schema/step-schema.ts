import { AGENT_BACKENDS } from '../../core/agent.ts';
import { ERROR_CODES } from '../../core/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { DAY_MS, MAX_ITEMS_AT_ONCE, MAX_SLEEP_MS, MAX_STEPS } from '../model/workflow-limits.ts';
import { booleanSchema, IDENTIFIER_PATTERN, integerSchema, textSchema } from './schema-parts.ts';

/** JSON Schema of `agent` in documents. What stands in `backend_config` is checked by the schema of the backend. */
export const AGENT_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['role', 'goal', 'backend'],
  description: 'The agent. Its role, goal, configuration and memory may hold expressions.',
  properties: {
    id: textSchema('What it is called elsewhere.', 256),
    role: textSchema('Who it is.', 16_384),
    goal: textSchema('What it is to come to.', 65_536),
    tools: {
      type: 'array',
      maxItems: 256,
      items: { type: 'string', minLength: 1, maxLength: 256 },
      description: 'Names of the tools that it may call: of this server, and of its MCP servers.',
    },
    backend: { type: 'string', enum: [...AGENT_BACKENDS], description: 'How it is reached.' },
    backend_config: {
      type: 'object',
      description: 'How in particular, as the backend has it. Text that is `secret:NAME` stands for a secret.',
      additionalProperties: true,
    },
    memory_uri: textSchema('`memory:NAME` or a `file:` URI: read before, appended to after.', 4_096),
  },
};

const retry: JsonObject = {
  type: 'object',
  additionalProperties: false,
  description: 'When and how often a failed attempt is followed by another.',
  properties: {
    max_attempts: { ...integerSchema('Attempts in all, the first included.', 1, 100), default: 3 },
    backoff_ms: {
      ...integerSchema('Before the second attempt, in ms; doubled before each further one, with jitter.', 0, DAY_MS),
      default: 200,
    },
    max_backoff_ms: { ...integerSchema('The longest of these waits, in ms.', 0, DAY_MS), default: 30_000 },
    on: {
      type: 'array',
      minItems: 1,
      maxItems: ERROR_CODES.length,
      uniqueItems: true,
      items: { type: 'string', enum: [...ERROR_CODES] },
      description: 'Error codes that are tried again; those that may pass by themselves unless told.',
    },
  },
};

/** The options of every step. */
export const STEP_OPTION_SCHEMAS: JsonObject = {
  id: {
    type: 'string',
    pattern: IDENTIFIER_PATTERN,
    description: 'Its name, unique in the document: a letter, then letters, digits, _ and -.',
  },
  title: textSchema('What people see; the id unless told.', 200),
  depends_on: {
    type: 'array',
    maxItems: MAX_STEPS,
    items: { type: 'string' },
    description: 'Steps that must be done before. Steps that its expressions mention are added by themselves.',
  },
  when: {
    type: ['string', 'boolean'],
    minLength: 1,
    maxLength: 4_096,
    description: 'Expression, bare or in braces; the step is SKIPPED when it is false.',
  },
  continue_on_error: booleanSchema('Its bad end does not stop the run; steps.ID.error then says what it was.'),
  for_each: {
    type: ['string', 'array'],
    minLength: 1,
    description:
      'A list, or the expression that gives one: the step is done once for each item, as `item` and `index`.',
  },
  max_parallel: integerSchema('Items of for_each under way at once.', 1, MAX_ITEMS_AT_ONCE),
  on_item_failure: {
    type: 'string',
    enum: ['fail_fast', 'collect'],
    default: 'fail_fast',
    description:
      'The first item that fails ends the step, or all are done and the failures collected in steps.ID.errors.',
  },
  retry,
  timeout_ms: integerSchema('The longest that one attempt may take, in ms.', 1, MAX_SLEEP_MS),
  repair: {
    type: 'object',
    additionalProperties: false,
    required: ['step'],
    description: 'When the step fails, another one is done again with the error as `repair`, and then this one.',
    properties: {
      step: textSchema('The step that is done again. This one must depend on it.', 64),
      max_rounds: { ...integerSchema('How often at most.', 1, 100), default: 3 },
    },
  },
  idempotent: booleanSchema('An attempt that was cut off may be made again, although it acts on the world.'),
  pool: textSchema('The pool whose runtime does it; one that the server has.', 64),
  labels: {
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean'] },
    description: 'Free names and values to find it by.',
  },
  cache: {
    type: 'object',
    additionalProperties: false,
    required: ['key', 'ttl_ms'],
    description: 'Its output is taken from an earlier run of a step with the same key, made within the time.',
    properties: {
      key: textSchema('What tells that nothing has changed; may hold expressions.'),
      ttl_ms: integerSchema('How old the output may be, in ms.', 1, MAX_SLEEP_MS),
    },
  },
  output_media_type: textSchema('The media type that its output must have, without parameters.', 255),
};
