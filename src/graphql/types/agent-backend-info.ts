import type { AnyBackend } from '../../agents/define-backend.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { plainSchema } from '../capabilities.ts';
import { AgentBackend } from './agent-backend.ts';

export const AgentBackendInfo = builder.objectRef<AnyBackend>('AgentBackendInfo').implement({
  description: 'A way to reach agents.',
  fields: (t) => ({
    name: t.expose('name', { type: AgentBackend, description: 'What it is called.' }),
    description: t.exposeString('description', { description: 'What it does.' }),
    config: t.field({
      type: 'JSON',
      description: 'JSON Schema (2020-12) of its configuration. Documents write the names in snake_case.',
      resolve: ({ config }) => plainSchema(config),
    }),
  }),
});
