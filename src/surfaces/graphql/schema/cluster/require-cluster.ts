import type { Cluster } from '../../../../cluster/cluster.ts';
import { namedUri } from '../../../../core/canonical-uri.ts';
import { Fault } from '../../../../core/errors.ts';
import type { SignedIn } from '../../../../core/principal.ts';
import { requireUser } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';

const MAX_ID_LENGTH = 256;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** @throws Fault CONFLICT on a server without a bus: unlike UNAVAILABLE, clients do not try it again */
export function requireCluster({ app }: Context): Cluster {
  if (app.cluster) return app.cluster;
  throw new Fault('CONFLICT', 'This server has no workers on a bus. Set NATS_URL, and restart it.');
}

/** The caller, if they may see the workers of the deployment. @throws Fault */
export function authorizeWorkers(ctx: Context): SignedIn {
  const who = requireUser(ctx);
  ctx.app.gate.pass(who, { action: 'query:workers' });
  return who;
}

/** The caller, if they may do that to the worker. @throws Fault */
export function authorizeWorkerChange(ctx: Context, action: 'worker:drain' | 'worker:revoke', id: string): SignedIn {
  const who = requireUser(ctx);
  if (id === '' || id.length > MAX_ID_LENGTH || CONTROL_CHARACTER.test(id)) {
    const message = `The id of a worker has 1 to ${MAX_ID_LENGTH} characters, and no control characters.`;
    throw new Fault('BAD_INPUT', message, { path: ['input', 'id'] });
  }
  ctx.app.gate.pass(who, { action, uri: namedUri('worker', encodeURIComponent(id)) });
  return who;
}
