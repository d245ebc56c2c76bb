import { setTimeout as sleep } from 'node:timers/promises';
import { type ConsumerMessages, type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { createInbox, errors, type Msg } from '@nats-io/transport-node';
import type { NatsSettings } from '../config/config.ts';
import { Fault } from '../core/errors.ts';
import type { Logger } from '../core/telemetry.ts';
import { backoffDelayMs } from '../lib/backoff.ts';
import { type Bus, type BusMessage, DURABLE_SUBJECTS, type DurableSubject } from './bus.ts';
import { connectNats } from './nats-connection.ts';
import { ACK_WAIT_MS, DURABLE_NAME, ensureStream, STREAMS } from './nats-streams.ts';
import { REDELIVERY } from './redelivery.ts';

const ACK_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 5_000;
/** Messages of one subject that this node works on at once. */
const MAX_TAKEN = 256;
const RETRY_AFTER_MS = 1_000;
/** Header of the answer that the server gives in place of a subscriber. */
const NO_RESPONDERS = 503;

/**
 * A bus on NATS with JetStream. It reconnects automatically; meanwhile nothing is buffered, and sending fails.
 * @param workerId of a worker: it is answered on separate subjects, so that it need not see what others are answered, and
 * leaves the streams to the server
 * @throws Fault UNAVAILABLE when NATS cannot be reached or does not accept this client
 */
export async function connectNatsBus(settings: NatsSettings, logger: Logger, workerId?: string): Promise<Bus> {
  const inboxPrefix = workerId === undefined ? '_INBOX' : `_INBOX.${workerId}`;
  const connection = await connectNats(settings, inboxPrefix);
  const jsm = await jetstreamManager(connection, { checkAPI: false });
  const js = jetstream(connection);
  /** When the connection was lost; undefined while it is there. */
  let lostAt: number | undefined;
  let isClosing = false;

  const ensureStreams = async () => {
    for (const subject of DURABLE_SUBJECTS) await ensureStream(jsm, subject);
  };
  const watch = async () => {
    let lastError = '';
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') lostAt ??= performance.now();
      else if (status.type === 'reconnect') lostAt = undefined;
      else if (status.type !== 'error') continue;
      const error = status.type === 'error' ? String(status.error) : '';
      // The same one comes with every attempt to reconnect.
      if (error !== '' && error === lastError) continue;
      lastError = error;
      logger[status.type === 'reconnect' ? 'info' : 'warn'](`bus.${status.type}`, error === '' ? {} : { error });
    }
  };
  void watch();

  /** Subjects to which nobody listened, by the token of the reply. */
  const refusedTokens = new Set<string>();
  const inbox = createInbox(inboxPrefix);
  connection.subscribe(`${inbox}.*`, {
    callback: (_, message) => {
      if (message.headers?.code === NO_RESPONDERS) refusedTokens.add(message.subject.slice(inbox.length + 1));
    },
  });
  let deliveries = 0;
  let flushing: Promise<void> | undefined;
  /** What was sent until now is at the server, and its answers are here. */
  const flush = (): Promise<void> => {
    flushing ??= Promise.resolve().then(() => {
      flushing = undefined;
      return connection.flush();
    });
    return flushing;
  };

  const withConnection = async <T>(act: () => Promise<T>): Promise<T> => {
    if (lostAt !== undefined || isClosing) throw unavailable(new Error('the connection is lost'));
    try {
      return await act();
    } catch (error) {
      throw unavailable(error);
    }
  };
  if (workerId === undefined)
    await ensureStreams().catch((error: unknown) => logger.warn('bus.streams_failed', { error: String(error) }));

  return {
    publish: (subject, bytes) =>
      withConnection(async () => {
        if (isDurable(subject)) await js.publish(subject, bytes, { timeout: ACK_TIMEOUT_MS });
        else connection.publish(subject, bytes);
      }),
    deliver: (subject, bytes) =>
      withConnection(async () => {
        deliveries += 1;
        const token = String(deliveries);
        connection.publish(subject, bytes, { reply: `${inbox}.${token}` });
        await flush();
        return !refusedTokens.delete(token);
      }),
    ask: (subject, bytes, timeoutMs) =>
      withConnection(async () => {
        const answer = await connection.request(subject, bytes, { timeout: timeoutMs }).catch((error: unknown) => {
          if (isUnanswered(error)) return undefined;
          throw error;
        });
        return answer?.data;
      }),
    async subscribe(subject, listener, { queue } = {}) {
      const subscription = connection.subscribe(subject, {
        ...(queue !== undefined && { queue }),
        callback: (error, message) => {
          if (error) logger.warn('bus.subscription_failed', { subject, error: String(error) });
          else listener(toBusMessage(message));
        },
      });
      await connection.flush().catch(() => {});
      return () => subscription.drain().catch(() => {});
    },
    async consume(subject, take) {
      const stopping = new AbortController();
      const taking = new Set<Promise<void>>();
      const takeOne = (message: JsMsg) => {
        const alive = setInterval(() => {
          if (lostAt === undefined && !isClosing) message.working();
        }, ACK_WAIT_MS / 3);
        const taken = take(message.data, message.info.deliveryCount)
          .then(
            () => message.ack(),
            () => message.nak(backoffDelayMs(message.info.deliveryCount, REDELIVERY)),
          )
          .finally(() => {
            clearInterval(alive);
            taking.delete(taken);
          });
        taking.add(taken);
      };
      let messages: ConsumerMessages | undefined;
      const loop = async () => {
        for (let failures = 0; !stopping.signal.aborted; failures += 1) {
          try {
            await ensureStream(jsm, subject);
            const consumer = await js.consumers.get(STREAMS[subject], DURABLE_NAME);
            messages = await consumer.consume({
              max_messages: MAX_TAKEN,
              abort_on_missing_resource: true,
              callback: takeOne,
            });
            failures = 0;
            if (stopping.signal.aborted) messages.stop();
            await messages.closed();
          } catch (error) {
            logger.warn('bus.consumer_failed', { subject, error: String(error) });
          }
          const delay = backoffDelayMs(failures + 1, REDELIVERY);
          await sleep(delay, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
        }
      };
      const done = loop();
      return async () => {
        stopping.abort();
        messages?.stop();
        await done;
        await Promise.all(taking);
        await connection.flush().catch(() => {});
      };
    },
    isConnected: () => lostAt === undefined && !isClosing,
    disconnectedMs: () => (lostAt === undefined ? 0 : performance.now() - lostAt),
    async close() {
      isClosing = true;
      // Without a connection there is nothing to send, and draining would wait for it.
      const drained = lostAt === undefined ? connection.drain() : connection.close();
      await Promise.race([drained.catch(() => {}), sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    },
  };
}

function toBusMessage(message: Msg): BusMessage {
  const { subject, data: bytes, reply } = message;
  return { subject, bytes, ...(reply && { answer: (answer: Uint8Array) => void message.respond(answer) }) };
}

function isUnanswered(error: unknown): boolean {
  return (
    error instanceof errors.TimeoutError ||
    error instanceof errors.NoRespondersError ||
    (error instanceof errors.RequestError && error.isNoResponders())
  );
}

function isDurable(subject: string): subject is DurableSubject {
  return DURABLE_SUBJECTS.includes(subject as DurableSubject);
}

function unavailable(cause: unknown): Fault {
  const message = 'The message bus is not reachable. Try again in a moment.';
  return new Fault('UNAVAILABLE', message, { cause, retryAfterMs: RETRY_AFTER_MS });
}
