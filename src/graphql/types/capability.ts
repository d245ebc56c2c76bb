import type { JsonObject } from '../../lib/json.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Effect } from './effect.ts';

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
