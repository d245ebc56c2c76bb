import type { Health as Report } from '../../../../core/telemetry.ts';
import { builder } from '../builder/builder.ts';
import { HealthCheck, HealthStatus } from './health-check.ts';

const Health = builder.objectRef<Report>('Health').implement({
  description: 'Health of the server.',
  fields: (t) => ({
    status: t.expose('status', { type: HealthStatus, description: 'The worst status of its checks.' }),
    version: t.exposeString('version', { description: 'Version of Signalbox.' }),
    uptimeMs: t.exposeFloat('uptimeMs', { description: 'Milliseconds since the process started.' }),
    checks: t.expose('checks', { type: [HealthCheck], description: 'Health of each part.' }),
  }),
});

builder.queryField('health', (t) =>
  t.field({
    type: Health,
    description: 'Health of the server; the same as `GET /health`. Requires no token.',
    resolve: (_, _args, ctx) => ctx.app.health(),
  }),
);
