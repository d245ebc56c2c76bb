import { cpus, freemem, totalmem } from 'node:os';
import type { Bus } from '../bus/bus.ts';
import { ComponentRole } from '../cap/generated/cordum/agent/v1/worker_pb.js';
import type { Payload } from '../cap/packet.ts';
import { SUBJECTS } from '../cap/subjects.ts';
import { DRAINING_LABEL } from '../core/runtime.ts';

const HEARTBEAT_MS = 5_000;
/** A server that starts later learns the topics from one of these. */
const HEARTBEATS_PER_HANDSHAKE = 6;
const TYPE = 'signalbox';
/**
 * At more load of the processors, schedulers take a worker for full. One without jobs is not, whatever else the machine does:
 * otherwise jobs would wait forever on a busy machine.
 */
const MAX_IDLE_LOAD = 89;

/** What a worker says of itself. */
export interface WorkerIdentity {
  /** Also the sender of its packets. */
  readonly id: string;
  readonly version: string;
  readonly pools: readonly string[];
  readonly topics: readonly string[];
  readonly region: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Jobs that it does at once. */
  readonly concurrency: number;
}

interface Activity {
  readonly activeJobs: number;
  readonly isDraining: boolean;
  readonly progress: { readonly percent?: number; readonly memo?: string };
}

interface PresenceDeps {
  readonly bus: Bus;
  write(payload: Payload): Uint8Array;
  activity(): Activity;
}

/** Sends the handshake and the heartbeats of a worker. */
export interface Presence {
  /** Sends a handshake. To be called before jobs are taken: what was sent earlier is not for this process. */
  announce(): void;
  begin(): void;
  /** Sends a heartbeat now, because what it says has changed. */
  beat(): void;
  stop(): void;
}

export function createPresence(worker: WorkerIdentity, { bus, write, activity }: PresenceDeps): Presence {
  const { id, version, pools, topics, region, labels, concurrency } = worker;
  let timer: NodeJS.Timeout | undefined;
  let beats = 0;
  let lastTimes = cpuTimes();

  // Without a connection the next one is sent in time.
  const send = (subject: string, payload: Payload) => void bus.publish(subject, write(payload)).catch(() => {});
  const shakeHands = () =>
    send(SUBJECTS.handshake, {
      case: 'handshake',
      value: {
        componentId: id,
        role: ComponentRole.WORKER,
        supportedVersions: [1],
        capabilities: Object.fromEntries(pools.map((pool) => [pool, true])),
        sdkVersion: `${TYPE}/${version}`,
        readyTopics: [...topics],
      },
    });
  const cpuLoad = () => {
    const times = cpuTimes();
    const [busy, total] = [times.busy - lastTimes.busy, times.total - lastTimes.total];
    lastTimes = times;
    return total > 0 ? (100 * busy) / total : 0;
  };
  const beat = () => {
    const { activeJobs, isDraining, progress } = activity();
    // For schedulers that do not know the label, one that takes no more jobs is full. 0 slots would mean that it does not say.
    const active = isDraining ? Math.max(1, activeJobs) : activeJobs;
    const value = {
      ...{
        workerId: id,
        region,
        type: TYPE,
        pool: pools[0] ?? '',
        labels: isDraining ? { ...labels, [DRAINING_LABEL]: 'true' } : { ...labels },
      },
      ...{
        cpuLoad: Math.min(cpuLoad(), activeJobs === 0 ? MAX_IDLE_LOAD : 100),
        memoryLoad: 100 * (1 - freemem() / totalmem()),
      },
      ...{ activeJobs: active, maxParallelJobs: isDraining ? active : concurrency, capabilities: [...pools] },
      ...{ progressPct: progress.percent ?? 0, lastMemo: progress.memo ?? '' },
    };
    send(SUBJECTS.heartbeat, { case: 'heartbeat', value });
  };
  return {
    announce: shakeHands,
    begin() {
      // Again, because jobs may have been sent to its subject before anybody listened.
      shakeHands();
      beat();
      timer = setInterval(() => {
        beats += 1;
        if (beats % HEARTBEATS_PER_HANDSHAKE === 0 && !activity().isDraining) shakeHands();
        beat();
      }, HEARTBEAT_MS);
    },
    beat,
    stop: () => clearInterval(timer),
  };
}

function cpuTimes() {
  const all = cpus().map(({ times }) => times);
  const total = all.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { total, busy: total - all.reduce((sum, { idle }) => sum + idle, 0) };
}
