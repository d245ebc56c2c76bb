import type { Health } from '../../core/telemetry.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { HealthStatus } from './health-status.ts';

export const HealthCheck = builder.objectRef<Health['checks'][number]>('HealthCheck').implement({
  description: 'How one part of the server is.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The part, for example `store` or `policy`.' }),
    status: t.expose('status', { type: HealthStatus, description: 'How it is.' }),
    detail: t.exposeString('detail', { nullable: true, description: 'What to know about it, when it is not OK.' }),
  }),
});
