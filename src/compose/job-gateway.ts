import { withDevAccounts } from '../auth/dev-accounts.ts';
import type { Config } from '../config/config.ts';
import type { JobGateway } from '../surfaces/job-gateway/job-gateway.ts';
import type { Adapters } from './adapters.ts';
import type { EngineParts } from './engine.ts';

/** The way in for jobs from the bus; undefined without a bus. Takes nothing before `begin`. */
export async function openJobGateway(
  config: Config,
  { bus, cluster, store, standings, clock, logger, metrics }: Adapters,
  { engine, policy }: EngineParts,
): Promise<JobGateway | undefined> {
  if (!cluster) return undefined;
  const { createJobGateway } = await import('../surfaces/job-gateway/job-gateway.ts');
  const accounts = config.auth.devAccounts ? withDevAccounts(store.accounts) : store.accounts;
  return createJobGateway({
    ...{ bus, peers: cluster.peers, engine, policy, accounts, standings, clock, logger, metrics },
    reader: store.reader,
    deadLetters: store.deadLetters,
    jobEndings: store.jobEndings,
  });
}
