import { type TObject, Type } from 'typebox';
import { type AnyCommand, isComposite } from '../../../../commands/definition/define-command.ts';
import { AnyJson, SchemaUri, Uri } from '../../../../commands/definition/options.ts';
import { queries } from '../../../../commands/read/registry.ts';
import type { JsonObject } from '../../../../lib/json.ts';
import type { AnyTool } from '../../../../tools/define-tool.ts';
import { builder } from '../builder/builder.ts';

export const Effect = builder.enumType('Effect', {
  description: 'What a capability does to the world outside Signalbox.',
  values: {
    PURE: {
      description: 'Nothing: it reads and computes. It may be done again, and only its result counts.',
    },
    EXTERNAL: {
      description: 'It may change something outside. That it is about to act is recorded durably before it acts.',
    },
  },
});

export interface CapabilityView {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: 'PURE' | 'EXTERNAL';
  readonly options: JsonObject;
  readonly field?: string;
}

export const Capability = builder.objectRef<CapabilityView>('Capability').implement({
  description: 'Something that this server can do.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description:
        'What it is called: in `execute(input: {command})`, and in the policy after `command:`, `query:` or `tool:`.',
    }),
    title: t.exposeString('title', { description: 'What it is called for people.' }),
    description: t.exposeString('description', { description: 'What it does.' }),
    effect: t.expose('effect', { type: Effect, description: 'Whether it may change something outside.' }),
    options: t.expose('options', { type: 'JSON', description: 'JSON Schema (2020-12) of what it takes.' }),
    field: t.exposeString('field', {
      nullable: true,
      description:
        'The field of this schema that does it, of Mutation for a command, of Query for a query. Null for a tool.',
    }),
  }),
});

/** A command as the catalog shows it. What a composite command does is only known with its options. */
export function commandCapability(command: AnyCommand): CapabilityView {
  const { name, title, description, options } = command;
  const effect = isComposite(command) || command.effect === 'external' ? 'EXTERNAL' : 'PURE';
  return { name, title, description, effect, options: plainSchema(options), field: name };
}

/** A tool as the catalog shows it. */
export function toolCapability({ name, title, description, effect, input }: AnyTool): CapabilityView {
  return { name, title, description, effect: effect === 'external' ? 'EXTERNAL' : 'PURE', options: plainSchema(input) };
}

const queryCapability = (name: string, title: string, description: string, options: TObject): CapabilityView => ({
  name,
  title,
  description,
  effect: 'PURE',
  options: plainSchema(options),
  field: name,
});

/** What the policy calls `query:NAME`. */
export const queryCapabilities: readonly CapabilityView[] = [
  ...queries.map(({ name, title, description, options }) => queryCapability(name, title, description, options)),
  queryCapability(
    'artifact',
    'Read an artifact',
    'Finds stored bytes by their digest, and reads them. Policy is asked about `artifact:sha256/DIGEST`.',
    Type.Object({ digest: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the bytes.' }) }),
  ),
  queryCapability(
    'runs',
    'See runs',
    'Runs with their steps, events and artifacts. Policy is asked about `run:tenant` (all of the tenant) and `run:own`.',
    Type.Object({ filter: Type.Optional(AnyJson('Which runs; the input RunFilter of the schema.')) }),
  ),
  queryCapability(
    'workflows',
    'See workflows',
    'Saved workflows with their texts. Policy is asked without a URI.',
    Type.Object({ name: Type.Optional(Type.String({ description: 'The one with this name.' })) }),
  ),
  queryCapability('policyRules', 'See the policy', 'Lists the rules in force.', Type.Object({})),
  queryCapability(
    'explainPolicy',
    'Explain the policy',
    'Tells what the policy would say to a request, and why. Policy is asked only for roles that are not one’s own.',
    Type.Object({
      role: Type.Optional(
        Type.String({ description: 'Whose request it would be; the caller’s own roles unless told.' }),
      ),
      action: Type.String({ description: 'What would be done.' }),
      uri: Type.Optional(Uri('The resource that it would be done with.')),
      schemaUri: SchemaUri,
    }),
  ),
];

/** Without TypeBox's symbols: what JSON.stringify keeps. */
export function plainSchema(schema: TObject): JsonObject {
  return JSON.parse(JSON.stringify(schema)) as JsonObject;
}
