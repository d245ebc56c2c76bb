import type { Health, HealthStatus as Status } from '../../../../core/telemetry.ts';
import { builder } from '../builder/builder.ts';

export const HealthStatus = builder.enumType('HealthStatus', {
  description: 'How the server, or one part of it, is.',
  values: {
    OK: { description: 'It works.' },
    DEGRADED: { description: 'It works, but slower or with less than it should have.' },
    DOWN: { description: 'It does not work.' },
  } satisfies Record<Status, object>,
});

export const HealthCheck = builder.objectRef<Health['checks'][number]>('HealthCheck').implement({
  description: 'How one part of the server is.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The part, for example `store` or `policy`.' }),
    status: t.expose('status', { type: HealthStatus, description: 'How it is.' }),
    detail: t.exposeString('detail', { nullable: true, description: 'What to know about it, when it is not OK.' }),
  }),
});
