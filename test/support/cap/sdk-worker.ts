import { connect, type NatsConnection } from '@nats-io/transport-node';
import { decodeLegacy, encodeLegacy, type LegacyPacket } from './legacy-codec.ts';

/** A job as it arrives: the fields of JobRequest. */
export type ReceivedJob = Readonly<Record<string, unknown>> & {
  readonly job_id: string;
  readonly topic: string;
  readonly context_ptr?: string;
};

/** What a handler answers: fields of JobResult. Undefined: the worker does not answer. */
export type Answer = Readonly<Record<string, unknown>> | undefined;

export interface SdkWorker extends AsyncDisposable {
  readonly id: string;
  /** The packets that it has received, oldest first. */
  readonly packets: readonly LegacyPacket[];
  readonly jobs: readonly ReceivedJob[];
  /** Cancellations that it has seen. */
  readonly cancelled: readonly string[];
  /** Alerts that it has seen: the fields of SystemAlert. */
  readonly alerts: readonly LegacyPacket[];
  send(subject: string, payload: Readonly<Record<string, unknown>>): void;
  sendBytes(subject: string, bytes: Uint8Array): void;
  answer(jobId: string, answer: Answer): void;
  stop(): Promise<void>;
}

/**
 * A worker that does on the wire what the low-level SDKs of release 2.0.16 do: it subscribes to one subject with the
 * subject as its queue, and publishes results on core NATS, unconfirmed and unsigned.
 */
export async function startSdkWorker(options: {
  readonly url: string;
  readonly id: string;
  readonly subject: string;
  /** null: without a queue group. */
  readonly queue?: string | null;
  handle?(job: ReceivedJob): Answer | Promise<Answer>;
}): Promise<SdkWorker> {
  const { url, id, subject, queue = subject, handle = () => ({ status: 'JOB_STATUS_SUCCEEDED' }) } = options;
  const nats: NatsConnection = await connect({ servers: url });
  const packets: LegacyPacket[] = [];
  const jobs: ReceivedJob[] = [];
  const cancelled: string[] = [];
  const send = (to: string, payload: Readonly<Record<string, unknown>>) => {
    const seconds = Math.floor(Date.now() / 1_000);
    const packet = { trace_id: 'trace', sender_id: id, created_at: { seconds }, protocol_version: 1, ...payload };
    nats.publish(to, encodeLegacy(packet));
  };
  const answer = (jobId: string, fields: Answer) => {
    if (fields) send('sys.job.result', { job_result: { job_id: jobId, worker_id: id, ...fields } });
  };
  const receive = async (packet: LegacyPacket) => {
    const job = packet.job_request as ReceivedJob;
    packets.push(packet);
    jobs.push(job);
    answer(job.job_id, await handle(job));
  };
  nats.subscribe(subject, {
    ...(queue !== null && { queue }),
    callback: (error, message) => {
      if (!error) void receive(decodeLegacy(message.data));
    },
  });
  nats.subscribe('sys.job.cancel', {
    callback: (_, message) => {
      cancelled.push((decodeLegacy(message.data).job_cancel as ReceivedJob).job_id);
    },
  });
  const alerts: LegacyPacket[] = [];
  nats.subscribe('sys.alert', {
    callback: (_, message) => void alerts.push(decodeLegacy(message.data).alert as LegacyPacket),
  });
  await nats.flush();
  const stop = async () => {
    if (!nats.isClosed()) await nats.close();
  };
  const sendBytes = (to: string, bytes: Uint8Array) => nats.publish(to, bytes);
  return { id, packets, jobs, cancelled, alerts, send, sendBytes, answer, stop, [Symbol.asyncDispose]: stop };
}
