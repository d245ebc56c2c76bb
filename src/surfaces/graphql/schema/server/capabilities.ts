import { type TObject, Type } from 'typebox';
import { type AnyCommand, isComposite } from '../../../../commands/definition/define-command.ts';
import { AnyJson, SchemaUri, Uri } from '../../../../commands/definition/options.ts';
import { createQueries } from '../../../../commands/read/registry.ts';
import type { JsonObject } from '../../../../lib/json.ts';
import type { AnyStepKind } from '../../../../step-kinds/define-step-kind.ts';
import type { AnyTool } from '../../../../tools/define-tool.ts';
import { builder } from '../builder/builder.ts';
import { STEP_KIND_VALUES } from '../steps/step-kind.ts';

const Effect = builder.enumType('Effect', {
  description: 'Effect of a capability on the world outside Signalbox.',
  values: {
    PURE: {
      description: 'It only reads and computes. It may be repeated; only its result counts.',
    },
    EXTERNAL: {
      description: 'It may change something outside. Its start is recorded durably before it acts.',
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
  description: 'Something that this server can do: a command, a query or a tool.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Its name: in `execute(input: {command})`, and in the policy after `command:`, `query:` or `tool:`.',
    }),
    title: t.exposeString('title', { description: 'Its title, for people.' }),
    description: t.exposeString('description', { description: 'What it does.' }),
    effect: t.expose('effect', { type: Effect, description: 'Whether it may change something outside Signalbox.' }),
    options: t.expose('options', { type: 'JSON', description: 'JSON Schema (2020-12) of its options.' }),
    field: t.exposeString('field', {
      nullable: true,
      description: 'Its field in this schema: of Mutation for a command, of Query for a query. Null for a tool.',
    }),
  }),
});

/** A command as the catalog shows it. The effect of a composite command depends on its options. */
export function commandCapability(command: AnyCommand): CapabilityView {
  const { name, title, description, options } = command;
  const effect = isComposite(command) || command.effect === 'external' ? 'EXTERNAL' : 'PURE';
  return { name, title, description, effect, options: plainSchema(options), field: name };
}

/** A tool as the catalog shows it. */
export function toolCapability({ name, title, description, effect, input }: AnyTool): CapabilityView {
  return { name, title, description, effect: effect === 'external' ? 'EXTERNAL' : 'PURE', options: plainSchema(input) };
}

/** A kind of step as the catalog shows it. */
export interface StepKindView {
  readonly kind: string;
  readonly description: string;
  readonly input?: JsonObject;
}

/** Every kind of step. @param kinds those that act through a session, also those of plugins */
export function stepKindViews(kinds: readonly AnyStepKind[]): readonly StepKindView[] {
  const views = new Map<string, StepKindView>(
    Object.entries(STEP_KIND_VALUES).map(([kind, { description }]) => [kind, { kind, description }]),
  );
  for (const { kind, description, input } of kinds) {
    views.set(kind, { kind, description: views.get(kind)?.description ?? description, input: plainSchema(input) });
  }
  return [...views.values()];
}

const queryCapability = (name: string, title: string, description: string, options: TObject): CapabilityView => ({
  name,
  title,
  description,
  effect: 'PURE',
  options: plainSchema(options),
  field: name,
});

/** The actions `query:NAME` of the policy. */
export const queryCapabilities: readonly CapabilityView[] = [
  // They are described here, not run.
  ...createQueries(() => ({})).map(({ name, title, description, options }) =>
    queryCapability(name, title, description, options),
  ),
  queryCapability(
    'artifact',
    'Read an artifact',
    'Finds stored bytes by their digest, and reads them. The policy decides on `artifact:sha256/DIGEST`.',
    Type.Object({ digest: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the bytes.' }) }),
  ),
  queryCapability(
    'runs',
    'See runs',
    'Runs with their steps, events and artifacts. The policy decides on `run:tenant` (all runs of the tenant) and `run:own`.',
    Type.Object({ filter: Type.Optional(AnyJson('Only the matching runs; the input RunFilter of the schema.')) }),
  ),
  queryCapability(
    'workflows',
    'See workflows',
    'Saved workflows with their texts. The policy decides without a URI.',
    Type.Object({ name: Type.Optional(Type.String({ description: 'Name of the workflow.' })) }),
  ),
  queryCapability(
    'deadLetters',
    'See dead letters',
    'Jobs that were refused, or that ended without a worker. The policy decides without a URI, and `query:runs` on whose.',
    Type.Object({
      topic: Type.Optional(Type.String({ description: 'Only jobs of this topic.' })),
      reason: Type.Optional(Type.String({ description: 'Only for this reason.' })),
    }),
  ),
  queryCapability(
    'webhooks',
    'See webhooks',
    'URLs that get events, and what they got. The policy decides without a URI, and `query:runs` on whose.',
    Type.Object({}),
  ),
  queryCapability(
    'treeConsistency',
    'Compare signed checkpoints',
    'Proves that a newer signed checkpoint covers all that an older one does. It shows numbers of run ends, and hashes. The policy decides without a URI.',
    Type.Object({
      olderSize: Type.Integer({ minimum: 1, description: 'Number of run ends that the older checkpoint covers.' }),
      newerSize: Type.Optional(Type.Integer({ minimum: 1, description: 'Number that the newer one covers.' })),
    }),
  ),
  queryCapability('quotas', 'See quotas', 'Shows what the caller may use, and uses.', Type.Object({})),
  queryCapability(
    'workers',
    'See workers',
    'Workers on the message bus, and decisions about them. The policy decides without a URI.',
    Type.Object({ id: Type.Optional(Type.String({ description: 'ID of the worker.' })) }),
  ),
  queryCapability('server', 'See the load', 'Shows how busy the server is.', Type.Object({})),
  queryCapability('policyRules', 'See the policy', 'Lists the rules in force.', Type.Object({})),
  queryCapability(
    'explainPolicy',
    'Explain the policy',
    'Shows what the policy would decide about a request, and why. The policy is asked only about roles that the caller does not have.',
    Type.Object({
      role: Type.Optional(Type.String({ description: 'Role of the request. Default: the roles of the caller.' })),
      action: Type.String({ description: 'Action of the request.' }),
      uri: Type.Optional(Uri('URI of the request.')),
      schemaUri: SchemaUri,
    }),
  ),
];

/** The schema without TypeBox's symbols. */
export function plainSchema(schema: TObject): JsonObject {
  return JSON.parse(JSON.stringify(schema)) as JsonObject;
}
