import type { Bus } from '../bus/bus.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { WorkerHandshakes, WorkerRestriction, WorkerRestrictions } from '../core/runtime.ts';
import type { Logger } from '../core/telemetry.ts';
import { openPeers, type Peers } from './peers/peers.ts';
import { openWorkers, type Workers } from './workers/workers.ts';

/** Who is on the message bus. */
export interface Cluster {
  readonly peers: Peers;
  readonly workers: Workers;
  /** What administrators decided about workers; oldest first. */
  restrictions(): readonly WorkerRestriction[];
  /**
   * A drained worker gets no new jobs, on every node, until it is no longer drained; known or not.
   * @param by user name of who decided
   */
  drain(workerId: string, isDrained: boolean, by: string): Promise<void>;
  close(): Promise<void>;
}

interface ClusterDeps {
  readonly bus: Bus;
  readonly settings: Config['peers'];
  /** Is closed with the cluster. */
  readonly restrictions: WorkerRestrictions;
  readonly handshakes: WorkerHandshakes;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @throws Error when the file of peers is not valid */
export async function openCluster(deps: ClusterDeps): Promise<Cluster> {
  const { bus, settings, restrictions, handshakes, clock, logger } = deps;
  const peers = openPeers({ settings, restrictions, clock, logger });
  const workers = await openWorkers({ bus, peers, restrictions, handshakes, clock, logger });
  return {
    peers,
    workers,
    restrictions: restrictions.list,
    async drain(workerId, isDrained, by) {
      const restriction = { kind: 'DRAINED', workerId, key: '', by, at: clock.now() } as const;
      await (isDrained ? restrictions.add(restriction) : restrictions.remove(restriction));
      logger.info('workers.drained', { workerId, isDrained, by });
    },
    async close() {
      await workers.close();
      peers.close();
      await restrictions.close();
    },
  };
}
