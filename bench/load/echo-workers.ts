import { connect } from '@nats-io/transport-node';
import { JobStatus } from '../../src/cap/generated/cordum/agent/v1/job_pb.js';
import { type Payload, readPacket, writePacket } from '../../src/cap/packet.ts';
import { SUBJECTS } from '../../src/cap/subjects.ts';

const HEARTBEAT_MS = 5_000;
/** Jobs that one worker may have at once. */
const SLOTS = 64;

/** The argument of the process, as JSON. */
export interface EchoOrder {
  readonly url: string;
  readonly topic: string;
  readonly workers: number;
  /** Only heartbeats; nobody takes jobs. */
  readonly idle?: boolean;
}

/** Workers that answer each job at once, as SDKs do on the wire. Sends `ready`, and runs until it is killed. */
const { url, topic, workers, idle = false } = JSON.parse(process.argv[2] ?? 'null') as EchoOrder;
const nats = await connect({ servers: url });
const ids = Array.from({ length: workers }, (_, i) => `bench-${i}`);
const send = (subject: string, senderId: string, payload: Payload) =>
  nats.publish(
    subject,
    writePacket(payload, { traceId: '0af7651916cd43dd8448eb211c80319c', senderId, createdAt: new Date() }),
  );
const beat = (workerId: string) => {
  const value = { workerId, pool: 'bench', type: 'cpu', maxParallelJobs: SLOTS, cpuLoad: 10, capabilities: ['echo'] };
  send(SUBJECTS.heartbeat, workerId, { case: 'heartbeat', value });
};
for (const [i, workerId] of ids.entries()) {
  if (!idle) {
    nats.subscribe(topic, {
      queue: topic,
      callback: (_, { data }) => {
        const { payload } = readPacket(data);
        if (payload.case !== 'jobRequest') return;
        const value = { jobId: payload.value.jobId, workerId, status: JobStatus.SUCCEEDED };
        send(SUBJECTS.result, workerId, { case: 'jobResult', value });
      },
    });
  }
  const first = (i * HEARTBEAT_MS) / workers;
  setTimeout(() => {
    beat(workerId);
    setInterval(() => beat(workerId), HEARTBEAT_MS);
  }, first);
}
await nats.flush();
process.send?.('ready');
