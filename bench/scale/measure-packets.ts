import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { JobStatus } from '../../src/cap/generated/cordum/agent/v1/job_pb.js';
import { type PacketOptions, type Payload, readPacket, writePacket } from '../../src/cap/packet.ts';
import { verifyPacket } from '../../src/cap/signatures.ts';
import { newId, newTraceId } from '../../src/core/ids.ts';

/** Packets as workers send them, for measurements. */
export const PACKETS = {
  heartbeat: writeSample({
    case: 'heartbeat',
    value: {
      workerId: 'builds-0001234',
      ...{ region: 'eu-1', type: 'cpu', cpuLoad: 41.5, memoryLoad: 62, activeJobs: 1, maxParallelJobs: 1 },
      ...{ pool: 'builds', capabilities: ['git', 'node', 'docker'], labels: { zone: 'a', version: '1.4.2' } },
    },
  }),
  result: writeSample({
    case: 'jobResult',
    value: {
      jobId: newId('step'),
      ...{ status: JobStatus.SUCCEEDED, workerId: 'builds-0001234', executionMs: 4_812n },
      resultPtr: `redis://res:${newId('step')}`,
    },
  }),
};

function writeSample(payload: Payload): Uint8Array {
  return writePacket(payload, options());
}

function options(): PacketOptions {
  return { traceId: newTraceId(), senderId: 'builds-0001234', createdAt: new Date('2026-05-04T03:02:01Z') };
}

/** Of one packet each, in microseconds of CPU time of one thread. */
export interface PacketCosts {
  readonly readHeartbeatUs: number;
  readonly readResultUs: number;
  readonly writeRequestUs: number;
  /** In addition, where a deployment asks for signatures. */
  readonly verifyUs: number;
}

export function measurePackets(times: number): PacketCosts {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = createPublicKey(privateKey);
  const value = {
    jobId: newId('step'),
    ...{ topic: 'job.builds', tenantId: 'default', principalId: 'alice', contextPtr: `redis://ctx:${newId('step')}` },
    ...{ workflowId: newId('run'), labels: { 'signalbox.run_id': newId('run') } },
    meta: { tenantId: 'default', idempotencyKey: newId('step') },
  };
  const request: Payload = { case: 'jobRequest', value };
  const signed = writePacket({ case: 'jobResult', value: { jobId: value.jobId } }, options(), { key: privateKey });
  const sample = options();
  return {
    readHeartbeatUs: cpuUs(times, () => readPacket(PACKETS.heartbeat)),
    readResultUs: cpuUs(times, () => readPacket(PACKETS.result)),
    writeRequestUs: cpuUs(times, () => writePacket(request, sample)),
    verifyUs: cpuUs(Math.ceil(times / 20), () => verifyPacket(signed, publicKey)),
  };
}

/** After a warm-up of a tenth. */
export function cpuUs(times: number, act: (i: number) => unknown): number {
  for (let i = 0; i < times / 10; i += 1) act(i);
  const before = process.threadCpuUsage();
  for (let i = 0; i < times; i += 1) act(i);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / times;
}
