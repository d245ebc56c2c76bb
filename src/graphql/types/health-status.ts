import type { HealthStatus as Status } from '../../core/telemetry.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export const HealthStatus = builder.enumType('HealthStatus', {
  description: 'How the server, or one part of it, is.',
  values: {
    OK: { description: 'It works.' },
    DEGRADED: { description: 'It works, but slower or with less than it should have.' },
    DOWN: { description: 'It does not work.' },
  } satisfies Record<Status, object>,
});
