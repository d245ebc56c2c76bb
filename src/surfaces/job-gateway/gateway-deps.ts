import type { Bus } from '../../bus/bus.ts';
import type { Peers } from '../../cluster/peers/peers.ts';
import type { AccountStandings, Accounts } from '../../core/accounts/accounts.ts';
import type { Clock } from '../../core/clock.ts';
import type { Policy } from '../../core/policy.ts';
import type { DeadLetters, JobEndings, StoreReader } from '../../core/store-reader.ts';
import type { Logger, Metrics } from '../../core/telemetry.ts';
import type { Engine } from '../../engine/requests/engine.ts';

export interface JobGatewayDeps {
  readonly bus: Bus;
  readonly peers: Peers;
  readonly engine: Pick<Engine, 'submitJob' | 'cancelRun' | 'undoJobs'>;
  readonly reader: Pick<StoreReader, 'run' | 'locateStep' | 'history'>;
  readonly deadLetters: Pick<DeadLetters, 'add'>;
  readonly jobEndings: JobEndings;
  readonly policy: Policy;
  readonly accounts: Pick<Accounts, 'find'>;
  readonly standings: Pick<AccountStandings, 'standingOf'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'packetRefused'>;
}
