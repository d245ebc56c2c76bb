import type { JsonObject } from '../../lib/json.ts';
import { integerSchema, textSchema } from './schema-parts.ts';

/** `concurrency` of a document. */
export const CONCURRENCY_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['limit'],
  description: 'How many runs of the workflow are active at once.',
  properties: {
    key: textSchema(
      'Runs with the same key share the limit; may hold expressions over the inputs. Default: all runs of the workflow.',
    ),
    limit: integerSchema('Runs of one key that are active at once.', 1, 10_000),
    overflow: {
      type: 'string',
      enum: ['queue', 'cancel_oldest', 'refuse'],
      default: 'queue',
      description:
        'When the limit is reached: queue: the new run waits for its turn. cancel_oldest: it takes the place of the oldest run, which is cancelled. refuse: it is not started.',
    },
  },
};

/** `rate` of a document. */
export const RATE_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['limit', 'per'],
  description: 'How many runs of the workflow begin in a period; further ones wait.',
  properties: {
    key: textSchema('Runs with the same key share the rate; as in concurrency.'),
    limit: integerSchema('Runs of one key that may begin at once, and in each period.', 1, 100_000),
    per: { type: 'string', enum: ['second', 'minute', 'hour', 'day'], description: 'The period.' },
  },
};

/** `debounce` of a document. */
export const DEBOUNCE_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['ms'],
  description: 'A run begins once no other of its key has been started for a time; those before it are cancelled.',
  properties: {
    key: textSchema('Runs with the same key take the place of each other; as in concurrency.'),
    ms: integerSchema('The time, in ms. Maximum one day.', 1, 86_400_000),
  },
};

/** `priority` of a document. */
export const PRIORITY_SCHEMA: JsonObject = {
  type: 'string',
  enum: ['critical', 'interactive', 'batch'],
  description: 'Priority of its runs that are started without one. Default: interactive; batch for a schedule.',
};
