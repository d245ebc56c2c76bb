import type { Bus } from '../../bus/bus.ts';
import { PacketError } from '../../cap/packet-error.ts';
import { SUBJECTS } from '../../cap/subjects.ts';
import type { Clock } from '../../core/clock.ts';
import type { WorkerHandshakes, WorkerRestrictions } from '../../core/runtime.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { Peers } from '../peers/peers.ts';
import { createHandshakeLog } from './handshake-log.ts';
import { readWorkerPacket } from './read-packets.ts';
import { createRegistry } from './registry.ts';
import type { JobNeeds, Place, Worker } from './worker.ts';

const SWEEP_INTERVAL_MS = 1_000;
/** A sweep that is later than this was not possible before: the process stood still, or the clock was set. */
const MAX_SWEEP_DELAY_MS = 3_000;
/** A worker whose handshake was saved is forgotten when it is silent for so long after the start. */
const MAX_RECALL_MS = 60_000;
/** Between two lines about packets that were refused. */
const REFUSALS_INTERVAL_MS = 10_000;

interface WorkerRestart {
  readonly workerId: string;
  readonly before: number;
}

/** The workers on the bus, and where jobs go. Every node hears all of them. */
export interface Workers {
  /** Where a job goes now; undefined when there is no room: then `onRoom` calls. */
  place(needs: JobNeeds): Place | undefined;
  /**
   * Must be called with the ids of the nodes that are alive, and that of this one, when they may have changed: each node prefers the
   * workers of its share.
   */
  shareAmong(nodes: readonly string[], own: string): void;
  /** Counts a job as in flight until the returned function is called. */
  begin(place: Place, topic: string): () => void;
  /**
   * Must be called when nobody listened at the place: a worker then gets no more jobs at its subject; and `onRoom` calls when
   * a worker comes that may listen to the topic.
   */
  missed(place: Place): void;
  /** Calls the listener when jobs of a topic that had no place may have one. All return the function that unsubscribes. */
  onRoom(listener: (topic: string) => void): () => void;
  /** Calls the listener when a worker was silent for three heartbeats, or its key was revoked. */
  onLost(listener: (workerId: string) => void): () => void;
  /** Calls the listener with the time, in milliseconds since 1970, before which jobs were sent to a process of the worker that is gone. */
  onRestart(listener: (restart: WorkerRestart) => void): () => void;
  /** Calls the listener after every heartbeat, and when a worker is lost, drained or revoked. */
  onChange(listener: (worker: Worker) => void): () => void;
  get(workerId: string): Worker | undefined;
  list(): readonly Worker[];
  /** Hears no more. */
  close(): Promise<void>;
}

interface WorkersDeps {
  readonly bus: Pick<Bus, 'subscribe' | 'isConnected'>;
  readonly peers: Pick<Peers, 'open'>;
  readonly restrictions: Pick<WorkerRestrictions, 'isDrained' | 'onChange'>;
  readonly handshakes: WorkerHandshakes;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Hears heartbeats and handshakes from now on, and knows the handshakes that were saved. */
export async function openWorkers(deps: WorkersDeps): Promise<Workers> {
  const { bus, peers, restrictions, handshakes, clock, logger } = deps;
  const rooms = createListeners<string>(logger);
  const losses = createListeners<string>(logger);
  const restarts = createListeners<WorkerRestart>(logger);
  const changes = createListeners<Worker>(logger);
  const log = createHandshakeLog(handshakes, clock, logger);
  const registry = createRegistry(
    {
      onRoom: rooms.call,
      onLost: (workerId) => {
        logger.warn('workers.lost', { workerId });
        log.remove([workerId]);
        losses.call(workerId);
      },
      onRestart: (workerId, before) => {
        logger.warn('workers.restarted', { workerId, before: new Date(before).toISOString() });
        restarts.call({ workerId, before });
      },
      onChange: changes.call,
      onHandshake: log.add,
    },
    restrictions.isDrained,
  );
  const now = () => clock.now().getTime();

  let [hearsSince, sweptAt] = [now(), now()];
  let refusals = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;
  /** Their senders decide how many there are, so only some are in the log. */
  const report = (reason: string) => {
    refusals += 1;
    if (now() - reportedAt < REFUSALS_INTERVAL_MS) return;
    logger.warn('workers.packet_refused', { reason, packets: refusals });
    reportedAt = now();
    refusals = 0;
  };
  const hear = ({ bytes }: { readonly bytes: Uint8Array }) => {
    try {
      const heard = readWorkerPacket(peers.open(bytes), clock.now());
      if (!heard) return;
      const answer =
        heard.type === 'heartbeat'
          ? registry.heartbeat(heard.heartbeat, now())
          : registry.handshake(heard.handshake, now(), hearsSince);
      if (answer === 'full') report('There are too many workers to remember another one.');
      if (answer === 'replayed') report('The packet is not newer than the last one of its worker.');
    } catch (error) {
      if (error instanceof PacketError) report(`${error.code}: ${error.message}`);
      else logger.error('workers.failed', { error });
    }
  };

  const unwatch = restrictions.onChange(({ kind, workerId }) => {
    if (kind === 'REVOKED') registry.revoke(workerId);
    else registry.setDrained(workerId, restrictions.isDrained(workerId));
  });
  for (const { at: _, ...handshake } of await handshakes.list()) registry.recall(handshake);
  const ends = await Promise.all([bus.subscribe(SUBJECTS.heartbeat, hear), bus.subscribe(SUBJECTS.handshake, hear)]);
  [hearsSince, sweptAt] = [now(), now()];
  const sweep = setInterval(() => {
    const isLate = Math.abs(now() - sweptAt) > MAX_SWEEP_DELAY_MS;
    sweptAt = now();
    if (isLate || !bus.isConnected()) hearsSince = sweptAt;
    registry.sweep(sweptAt, hearsSince);
    const isRecalled = sweptAt - hearsSince > MAX_RECALL_MS && registry.list().length > 0;
    if (isRecalled) log.remove(registry.dropRecalled());
    void log.flush();
  }, SWEEP_INTERVAL_MS).unref();
  return {
    place: registry.place,
    shareAmong: registry.shareAmong,
    begin: registry.begin,
    missed: registry.missed,
    onRoom: rooms.add,
    onLost: losses.add,
    onRestart: restarts.add,
    onChange: changes.add,
    get: registry.get,
    list: registry.list,
    async close() {
      clearInterval(sweep);
      unwatch();
      await Promise.all(ends.map((end) => end()));
      // The one that is being written, and the rest.
      await log.flush();
      await log.flush();
    },
  };
}

/** What one listener throws does not reach the others. */
function createListeners<T>(logger: Logger) {
  const listeners = new Set<(value: T) => void>();
  return {
    add: (listener: (value: T) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    call: (value: T) => {
      for (const listener of [...listeners]) {
        try {
          listener(value);
        } catch (error) {
          logger.error('workers.listener_failed', { error });
        }
      }
    },
  };
}
