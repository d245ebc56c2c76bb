import type { JsonObject } from '../../lib/json.ts';
import { textSchema } from './schema-parts.ts';

/** `schedule` of a document. */
export const SCHEDULE_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['cron'],
  description: 'When the saved workflow starts automatically.',
  properties: {
    cron: textSchema('Five fields as in crontab(5), or six with seconds first.', 200),
    time_zone: { ...textSchema('IANA name of the time zone of `cron`.', 64), default: 'UTC' },
    overlap: {
      type: 'string',
      enum: ['skip', 'queue', 'allow'],
      default: 'skip',
      description:
        'While the previous run is still active: skip this one, start it afterwards, or start it in parallel.',
    },
    catch_up: {
      type: 'string',
      enum: ['none', 'one', 'all'],
      default: 'one',
      description: 'For start times missed while no server ran: no run, one run, or all of them.',
    },
  },
};

const WEBHOOK_SCHEMA: JsonObject = {
  type: ['object', 'null'],
  additionalProperties: false,
  description: 'Starts the saved workflow for each delivery to POST /hooks/TENANT/NAME.',
  properties: {
    scheme: {
      type: 'string',
      enum: ['standard', 'github', 'token'],
      default: 'standard',
      description:
        'How a delivery is verified. standard: signed as Standard Webhooks has it; github: X-Hub-Signature-256; token: Authorization: Bearer.',
    },
    secret: {
      type: ['string', 'array'],
      minLength: 1,
      maxLength: 128,
      minItems: 1,
      maxItems: 4,
      items: { type: 'string', minLength: 1, maxLength: 128 },
      description:
        'Name of the secret of this server, or up to four names while secrets are rotated. Default: WEBHOOK_ and the name of the workflow in capitals, with _ for -.',
    },
    body: textSchema('Input that takes the whole JSON body. Default: the members of the body are the inputs.', 64),
    headers: {
      type: 'object',
      maxProperties: 16,
      additionalProperties: textSchema('Name of a header of the delivery.', 64),
      description: 'Input → name of the header that it takes its text from. Signatures do not cover headers.',
    },
  },
};

/** `on` of a document: `webhook` alone is a webhook with every default. */
export const ON_SCHEMA: JsonObject = {
  type: ['string', 'object'],
  if: { type: 'string' },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { enum: ['webhook'] },
  required: ['webhook'],
  additionalProperties: false,
  description: 'What else starts the saved workflow: `webhook`.',
  properties: { webhook: WEBHOOK_SCHEMA },
};
