import { AGENT_BACKENDS } from '../../core/agent.ts';
import { ERROR_CODES } from '../../core/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { DAY_MS, MAX_BATCH_ITEMS, MAX_ITEMS_AT_ONCE, MAX_SLEEP_MS, MAX_STEPS } from '../model/workflow-limits.ts';
import { booleanSchema, IDENTIFIER_PATTERN, integerSchema, textSchema } from './schema-parts.ts';

/**
 * JSON Schema of `agent` in documents. The schema of the backend validates `backend_config`.
 * @param others backends of plugins
 */
export const agentSchema = (others: readonly string[]): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  required: ['role', 'goal', 'backend'],
  description: 'The agent. Its role, goal, configuration and memory may hold expressions.',
  properties: {
    id: textSchema('Identifier of the agent.', 256),
    role: textSchema('Role of the agent.', 16_384),
    goal: textSchema('Goal of the agent.', 65_536),
    tools: {
      type: 'array',
      maxItems: 256,
      items: { type: 'string', minLength: 1, maxLength: 256 },
      description: 'Names of the tools that the agent may call, of this server and of its MCP servers.',
    },
    backend: { type: 'string', enum: [...AGENT_BACKENDS, ...others], description: 'Backend that runs the agent.' },
    backend_config: {
      type: 'object',
      description: 'Configuration of the backend. The string `secret:NAME` stands for a secret.',
      additionalProperties: true,
    },
    output_schema: {
      type: 'object',
      description: 'JSON Schema of the answer, which is then the output of the step. Holds no expressions.',
      additionalProperties: true,
    },
    memory_uri: textSchema(
      'Memory of the agent: `memory:NAME` or a `file:` URI, read before the step and appended to after it.',
      4_096,
    ),
  },
});

const retry: JsonObject = {
  type: 'object',
  additionalProperties: false,
  description: 'When and how often a failed attempt is retried.',
  properties: {
    max_attempts: { ...integerSchema('Maximum number of attempts, including the first.', 1, 100), default: 3 },
    backoff_ms: {
      ...integerSchema(
        'Delay before the second attempt, in ms. Doubles before each further attempt, with jitter.',
        0,
        DAY_MS,
      ),
      default: 200,
    },
    max_backoff_ms: { ...integerSchema('Maximum delay between attempts, in ms.', 0, DAY_MS), default: 30_000 },
    on: {
      type: 'array',
      minItems: 1,
      maxItems: ERROR_CODES.length,
      uniqueItems: true,
      items: { type: 'string', enum: [...ERROR_CODES] },
      description: 'Error codes that are retried. Default: the codes of transient errors.',
    },
  },
};

/** The options of every step. */
export const STEP_OPTION_SCHEMAS: JsonObject = {
  id: {
    type: 'string',
    pattern: IDENTIFIER_PATTERN,
    description: 'Id of the step, unique in the document: a letter, then letters, digits, _ and -.',
  },
  title: textSchema('Title that people see. Default: the id.', 200),
  depends_on: {
    type: 'array',
    maxItems: MAX_STEPS,
    items: { type: 'string' },
    description:
      'Steps that must end before this one starts. Steps that its expressions refer to are added automatically.',
  },
  when: {
    type: ['string', 'boolean'],
    minLength: 1,
    maxLength: 4_096,
    description: 'Expression, bare or in braces. The step is SKIPPED when it is false.',
  },
  continue_on_error: booleanSchema('The run continues when the step fails; steps.ID.error then holds the error.'),
  for_each: {
    type: ['string', 'array', 'object'],
    minLength: 1,
    description:
      'A list, or an expression that evaluates to one. The step runs once for each item, with `item` and `index`. With ' +
      '`batch` also a source: the options of the command convertToJson.',
  },
  batch: integerSchema(
    'Items of for_each that the step gets at once: `item` is a list of so many. There may be 10,000 batches.',
    1,
    MAX_BATCH_ITEMS,
  ),
  max_parallel: integerSchema('Items of for_each that run at once.', 1, MAX_ITEMS_AT_ONCE),
  on_item_failure: {
    type: 'string',
    enum: ['fail_fast', 'collect'],
    default: 'fail_fast',
    description:
      'fail_fast ends the step at the first failed item; collect runs all items and puts failures into steps.ID.errors.',
  },
  retry,
  timeout_ms: integerSchema('Time limit of one attempt, in ms.', 1, MAX_SLEEP_MS),
  repair: {
    type: 'object',
    additionalProperties: false,
    required: ['step'],
    description: 'When this step fails, an earlier step runs again with the error as `repair`, and then this one.',
    properties: {
      step: textSchema('The step that runs again. This one must depend on it.', 64),
      max_rounds: { ...integerSchema('Maximum number of repairs.', 1, 100), default: 3 },
    },
  },
  idempotent: booleanSchema('An interrupted attempt may run again, although it has external effects.'),
  pool: textSchema('Pool of the server whose runtime runs the step.', 64),
  labels: {
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean'] },
    description: 'Labels: names and values of your choice to filter by.',
  },
  cache: {
    type: 'object',
    additionalProperties: false,
    required: ['key', 'ttl_ms'],
    description: 'Reuses the output of an earlier step with the same key, if it is recent enough.',
    properties: {
      key: textSchema('Cache key; may hold expressions.'),
      ttl_ms: integerSchema('Maximum age of the output, in ms.', 1, MAX_SLEEP_MS),
    },
  },
  output_media_type: textSchema('Required media type of the output, without parameters.', 255),
};
