import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { BusPacket } from '../../cap/generated/cordum/agent/v1/packet_pb.js';
import { ComponentRole, type Handshake, type Heartbeat } from '../../cap/generated/cordum/agent/v1/worker_pb.js';
import { PacketError } from '../../cap/packet-error.ts';
import { isTopic } from '../../cap/subjects.ts';
import type { OpenedPacket } from '../peers/peers.ts';
import type * as Worker from './worker.ts';

/** Of all names and values that a worker says of itself, and of its topics: 10,000 workers stay in memory. */
const MAX_FACTS_LENGTH = 4_096;
const MAX_MEMO_LENGTH = 1_024;
const MAX_SLOTS = 10_000;
/** Between the clock of a worker that signs and that of this node. */
const MAX_CLOCK_DIFFERENCE_MS = 300_000;

/** What a worker says in a packet, undefined for a packet that is not about a worker. @throws PacketError */
export function readWorkerPacket(
  { packet, peer }: OpenedPacket,
  now: Date,
):
  | { readonly type: 'heartbeat'; readonly heartbeat: Worker.Heartbeat }
  | { readonly type: 'handshake'; readonly handshake: Worker.WorkerHandshake }
  | undefined {
  const { payload } = packet;
  if (payload.case !== 'heartbeat' && payload.case !== 'handshake') return undefined;
  if (payload.case === 'handshake' && payload.value.role !== ComponentRole.WORKER) return undefined;
  const workerId = payload.case === 'heartbeat' ? payload.value.workerId : payload.value.componentId;
  if (workerId !== packet.senderId) {
    throw invalid(`${JSON.stringify(packet.senderId)} must not speak for the worker ${JSON.stringify(workerId)}.`);
  }
  if (!peer.isWorker) {
    throw invalid(`${JSON.stringify(workerId)} is not a worker. Write workers: true to its entry in CAP_PEERS.`);
  }
  const sentAt = timeOf(packet);
  if (peer.isVerified && sentAt !== undefined && Math.abs(now.getTime() - sentAt) > MAX_CLOCK_DIFFERENCE_MS) {
    const minutes = MAX_CLOCK_DIFFERENCE_MS / 60_000;
    throw invalid(`The packet of ${JSON.stringify(workerId)} is not from the last ${minutes} minutes. Set the clocks.`);
  }
  const { traceId } = packet;
  const signed = { traceId, ...(peer.isVerified && sentAt !== undefined && { signedAt: sentAt }) };
  if (payload.case === 'handshake')
    return { type: 'handshake', handshake: { ...toHandshake(payload.value), ...signed } };
  const heartbeat = { ...toHeartbeat(payload.value), ...signed, ...(sentAt !== undefined && { sentAt }) };
  return { type: 'heartbeat', heartbeat };
}

/** Packets of old SDKs have no time. */
function timeOf({ createdAt }: BusPacket): number | undefined {
  return createdAt && timestampMs(createdAt);
}

function toHeartbeat(heartbeat: Heartbeat): Worker.Heartbeat {
  const { workerId, pool, region, type, capabilities, progressPct, lastMemo } = heartbeat;
  // SDKs send maps in any order.
  const labels = Object.entries(heartbeat.labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  checkLength(workerId, [pool, region, type, ...capabilities, ...labels.flat()]);
  // Neither is there when a worker has no progress to report.
  const hasProgress = progressPct !== 0 || lastMemo !== '';
  return {
    workerId,
    facts: {
      ...{ pool, region, type, capabilities },
      labels: Object.fromEntries(labels),
      maxParallelJobs: within(heartbeat.maxParallelJobs, MAX_SLOTS),
    },
    load: {
      activeJobs: within(heartbeat.activeJobs, MAX_SLOTS),
      cpuLoad: within(heartbeat.cpuLoad, 100),
      gpuLoad: within(heartbeat.gpuUtilization, 100),
      memoryLoad: within(heartbeat.memoryLoad, 100),
    },
    ...(hasProgress && { progress: { percent: within(progressPct, 100), memo: shorten(lastMemo) } }),
  };
}

function toHandshake({ componentId, readyTopics, sdkVersion }: Handshake): Worker.WorkerHandshake {
  checkLength(componentId, [sdkVersion, ...readyTopics]);
  return { workerId: componentId, topics: readyTopics.filter(isTopic), sdkVersion };
}

function checkLength(workerId: string, texts: readonly string[]): void {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length <= MAX_FACTS_LENGTH) return;
  const by = JSON.stringify(workerId);
  throw invalid(`The worker ${by} says ${length} characters about itself, and may say ${MAX_FACTS_LENGTH}.`);
}

function within(value: number, max: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(value, 0), max) : 0;
}

/** A copy: a slice would keep the whole text in memory. */
function shorten(memo: string): string {
  return memo.length <= MAX_MEMO_LENGTH ? memo : Buffer.from(`${memo.slice(0, MAX_MEMO_LENGTH - 1)}…`).toString();
}

const invalid = (message: string) => new PacketError('JOB_INVALID_INPUT', message);
