import type { Health, HealthStatus as Status } from '../../../../core/telemetry.ts';
import { builder } from '../builder/builder.ts';

export const HealthStatus = builder.enumType('HealthStatus', {
  description: 'Health of the server, or of one of its parts.',
  values: {
    OK: { description: 'It works.' },
    DEGRADED: { description: 'It works, but with reduced speed or function.' },
    DOWN: { description: 'It does not work.' },
  } satisfies Record<Status, object>,
});

export const HealthCheck = builder.objectRef<Health['checks'][number]>('HealthCheck').implement({
  description: 'Health of one part of the server.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the part, such as `store` or `policy`.' }),
    status: t.expose('status', { type: HealthStatus, description: 'Its health.' }),
    detail: t.exposeString('detail', { nullable: true, description: 'Details when it is not OK.' }),
  }),
});
