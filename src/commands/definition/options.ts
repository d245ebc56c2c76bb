import { type TSchema, Type } from 'typebox';
import type { ResourceInput as Source } from '../../core/resource.ts';
import type { Json } from '../../lib/json.ts';

/**
 * The option types that commands share. The extra keyword `x-signalbox` tells every surface what JSON Schema cannot:
 * `resource` and `uri` are read, so policy is asked about them; `schema` fills the policy's schema column; `json` is
 * any JSON value; `agent` is an agent, whose own reads are asked about when its turn comes. GraphQL maps them to
 * `ResourceInput`, `URI`, `URI`, `JSON` and `AgentInput`.
 */
export type OptionRole = 'resource' | 'uri' | 'schema' | 'json' | 'agent';

export function optionRoleOf(schema: TSchema): OptionRole | undefined {
  return (schema as { 'x-signalbox'?: OptionRole })['x-signalbox'];
}

export const ResourceInput = Type.Unsafe<Source>({
  'x-signalbox': 'resource',
  description: 'A resource: by its URI, as text, or as bytes. Exactly one of the three.',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  dependentSchemas: { text: { maxProperties: 1 }, bytes: { maxProperties: 1 } },
  dependentRequired: { mediaType: ['uri'], charset: ['uri'] },
  properties: {
    uri: { type: 'string', minLength: 1, maxLength: 65_536, description: 'Where to read it.' },
    mediaType: {
      type: 'string',
      maxLength: 512,
      description: 'With uri: its media type, instead of the one that the source states.',
    },
    charset: {
      type: 'string',
      pattern: '^[A-Za-z0-9][\\w.:+-]{0,39}$',
      description: 'With uri: its charset, such as windows-1250, instead of the one in the media type.',
    },
    text: {
      type: 'object',
      additionalProperties: false,
      required: ['text'],
      properties: {
        text: { type: 'string', description: 'The text itself.' },
        mediaType: { type: 'string', description: 'Its media type. Default text/plain.' },
      },
    },
    bytes: {
      type: 'object',
      additionalProperties: false,
      required: ['base64'],
      properties: {
        base64: { type: 'string', description: 'The bytes as base64 (RFC 4648).' },
        mediaType: { type: 'string', description: 'Their media type. Default application/octet-stream.' },
      },
    },
  },
});

/** A URI that the command reads. */
export function Uri(description: string) {
  return Type.Unsafe<string>({ 'x-signalbox': 'uri', type: 'string', minLength: 1, maxLength: 65_536, description });
}

/** URIs that a query reads, in order. */
export function Uris(description: string, maxItems: number) {
  return Type.Unsafe<readonly string[]>({
    'x-signalbox': 'uri',
    type: 'array',
    minItems: 1,
    maxItems,
    items: { 'x-signalbox': 'uri', type: 'string', minLength: 1, maxLength: 65_536, description: 'What to read.' },
    description,
  });
}

/** The JSON Schema that the data must fit; the policy has a separate column for it. */
export const SchemaUri = Type.Optional(
  Type.Unsafe<string>({
    'x-signalbox': 'schema',
    type: 'string',
    minLength: 1,
    maxLength: 4_096,
    description: 'URI of a JSON Schema (draft-07, 2019-09 or 2020-12) that the data must fit.',
  }),
);

/** Any JSON value. */
export function AnyJson(description: string) {
  return Type.Unsafe<Json>({ 'x-signalbox': 'json', description });
}

/** What stands between the fields of CSV: a tab, or a visible character of ASCII that is no quote. */
export function Delimiter(description: string, standard?: string) {
  return Type.String({
    pattern: '^[\\t !#-~]$',
    description,
    ...(standard !== undefined && { default: standard }),
  });
}
