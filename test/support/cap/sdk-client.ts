import { type KeyObject, randomUUID, sign } from 'node:crypto';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { decodeLegacy, encodeLegacy, type LegacyPacket } from './legacy-codec.ts';

/** A result as it arrives: the fields of JobResult, and who sent it in which trace. */
type ReceivedResult = Readonly<Record<string, unknown>> & {
  readonly job_id: string;
  readonly status: string;
  readonly worker_id: string;
  readonly error_code: string;
  readonly sender_id: string;
  readonly trace_id: string;
};

export interface SdkClient extends AsyncDisposable {
  readonly id: string;
  /** What it has seen of all clients, oldest first. */
  readonly results: readonly ReceivedResult[];
  readonly deadLetters: readonly ReceivedResult[];
  /** Submits a job: fields of JobRequest. @returns its id */
  submit(job: Readonly<Record<string, unknown>>, packet?: LegacyPacket): Promise<string>;
  cancel(jobId: string, reason?: string): Promise<void>;
  /** A packet of this client, signed if it has a key. */
  pack(payload: LegacyPacket, packet?: LegacyPacket): Uint8Array;
  send(subject: string, bytes: Uint8Array): Promise<void>;
  resultsOf(jobId: string): readonly ReceivedResult[];
  lettersOf(jobId: string): readonly ReceivedResult[];
  stop(): Promise<void>;
}

/**
 * A client that does on the wire what the SDKs do: core NATS, unconfirmed. Without a key it is one of release 2.0.16. With one
 * it signs as later releases do: over the fields in the order of their numbers, and `go` sends the signature before the payload.
 */
export async function startSdkClient(options: {
  readonly url: string;
  readonly id: string;
  readonly key?: KeyObject;
  readonly order?: 'go' | 'python';
}): Promise<SdkClient> {
  const { url, id, key, order = 'go' } = options;
  const nats: NatsConnection = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  const results: ReceivedResult[] = [];
  const deadLetters: ReceivedResult[] = [];
  const collect = (subject: string, into: ReceivedResult[]) =>
    nats.subscribe(subject, {
      callback: (_, message) => {
        const { job_result, sender_id, trace_id } = decodeLegacy(message.data);
        into.push({ ...(job_result as ReceivedResult), sender_id, trace_id } as ReceivedResult);
      },
    });
  collect('sys.job.result', results);
  collect('sys.job.dlq', deadLetters);
  await nats.flush();

  const pack: SdkClient['pack'] = (payload, packet = {}) => {
    const seconds = Math.floor(Date.now() / 1_000);
    const envelope = { trace_id: 'trace', sender_id: id, created_at: { seconds }, protocol_version: 1, ...packet };
    const [head, body] = [encodeLegacy(envelope), encodeLegacy(payload)];
    if (!key) return Buffer.concat([head, body]);
    const signature = sign('sha256', Buffer.concat([head, body]), key);
    const field = Buffer.concat([Buffer.from([0x72, signature.length]), signature]);
    return Buffer.concat(order === 'go' ? [head, field, body] : [head, body, field]);
  };
  const send: SdkClient['send'] = async (subject, bytes) => {
    nats.publish(subject, bytes);
    await nats.flush();
  };
  const stop = async () => {
    if (!nats.isClosed()) await nats.close();
  };
  return {
    ...{ id, results, deadLetters, pack, send, stop },
    async submit(job, packet) {
      const jobId = (job.job_id as string | undefined) ?? randomUUID();
      await send('sys.job.submit', pack({ job_request: { ...job, job_id: jobId } }, packet));
      return jobId;
    },
    cancel: (jobId, reason = '') =>
      send('sys.job.cancel', pack({ job_cancel: { job_id: jobId, reason, requested_by: id } })),
    resultsOf: (jobId) => results.filter((one) => one.job_id === jobId),
    lettersOf: (jobId) => deadLetters.filter((one) => one.job_id === jobId),
    [Symbol.asyncDispose]: stop,
  };
}
