import type { Health as Report } from '../../../../core/telemetry.ts';
import { builder } from '../builder/builder.ts';
import { HealthCheck, HealthStatus } from './health-check.ts';

export const Health = builder.objectRef<Report>('Health').implement({
  description: 'How the server is.',
  fields: (t) => ({
    status: t.expose('status', { type: HealthStatus, description: 'As bad as the worst of its checks.' }),
    version: t.exposeString('version', { description: 'Of Signalbox, as in its package.json.' }),
    uptimeMs: t.exposeFloat('uptimeMs', { description: 'Milliseconds since the process started.' }),
    checks: t.expose('checks', { type: [HealthCheck], description: 'Part by part.' }),
  }),
});

builder.queryField('health', (t) =>
  t.field({
    type: Health,
    description: 'How the server is. Open to everybody; `GET /health` tells probes the same.',
    resolve: (_, _args, ctx) => ctx.app.health(),
  }),
);
