import { setTimeout as sleep } from 'node:timers/promises';
import { SUBJECTS } from '../cap/subjects.ts';
import { Fault } from '../core/errors.ts';
import { backoffDelayMs } from '../lib/backoff.ts';
import { type Bus, type BusMessage, DURABLE_SUBJECTS, type DurableSubject } from './bus.ts';
import { REDELIVERY } from './redelivery.ts';
import { matchesSubject } from './subject.ts';

interface Subscriber {
  readonly subject: string;
  readonly queue: string | undefined;
  listener(message: BusMessage): void;
}

interface KeptMessage {
  readonly bytes: Uint8Array;
  deliveries: number;
}

/** Messages of one subject that are kept. Packets are small, so these fit in memory. */
const MAX_KEPT = 10_000;
const RETRY_AFTER_MS = 1_000;

/**
 * A bus within this process, for a deployment of one node. What is kept is lost with the process. As on NATS, a subject that is
 * full refuses senders, and of dead letters the oldest are removed.
 */
export function createInProcessBus(): Bus {
  const subscribers = new Set<Subscriber>();
  const kept = new Map<string, KeptMessage[]>(DURABLE_SUBJECTS.map((subject) => [subject, []]));
  /** Wakes the consumers of a subject. */
  const arrivals = new Map<string, Set<() => void>>();

  /** @returns the number of those who got it */
  const send = (subject: string, bytes: Uint8Array, answer?: BusMessage['answer']): number => {
    const matching = [...subscribers].filter((subscriber) => matchesSubject(subscriber.subject, subject));
    const queues = new Map<string, Subscriber>();
    const receivers = matching.filter(({ queue }) => queue === undefined);
    for (const subscriber of matching) {
      if (subscriber.queue !== undefined && !queues.has(subscriber.queue)) queues.set(subscriber.queue, subscriber);
    }
    for (const chosen of queues.values()) {
      // The next one of the group gets the next message.
      subscribers.delete(chosen);
      subscribers.add(chosen);
      receivers.push(chosen);
    }
    for (const { listener } of receivers) setImmediate(listener, { subject, bytes, ...(answer && { answer }) });
    return receivers.length;
  };

  const take = async (message: KeptMessage, subject: DurableSubject, handler: Parameters<Bus['consume']>[1]) => {
    message.deliveries += 1;
    try {
      await handler(message.bytes, message.deliveries);
    } catch {
      await sleep(backoffDelayMs(message.deliveries, REDELIVERY), undefined, { ref: false });
      keep(subject, message);
    }
  };

  const keep = (subject: string, message: KeptMessage) => {
    kept.get(subject)?.push(message);
    for (const wake of arrivals.get(subject) ?? []) wake();
  };

  return {
    async publish(subject, bytes) {
      const messages = kept.get(subject) ?? [];
      if (messages.length >= MAX_KEPT) {
        if (subject !== SUBJECTS.deadLetter) throw full(subject);
        messages.shift();
      }
      send(subject, bytes);
      keep(subject, { bytes, deliveries: 0 });
    },
    async deliver(subject, bytes) {
      return send(subject, bytes) > 0;
    },
    async ask(subject, bytes, timeoutMs) {
      const answered = Promise.withResolvers<Uint8Array | undefined>();
      if (send(subject, bytes, answered.resolve) === 0) return undefined;
      const late = setTimeout(() => answered.resolve(undefined), timeoutMs).unref();
      return answered.promise.finally(() => clearTimeout(late));
    },
    async subscribe(subject, listener, { queue } = {}) {
      const subscriber = { subject, queue, listener };
      subscribers.add(subscriber);
      return async () => void subscribers.delete(subscriber);
    },
    async consume(subject, handler) {
      const taking = new Set<Promise<void>>();
      const messages = kept.get(subject) ?? [];
      const takeAll = () => {
        for (let message = messages.shift(); message; message = messages.shift()) {
          const taken: Promise<void> = take(message, subject, handler).finally(() => taking.delete(taken));
          taking.add(taken);
        }
      };
      const consumers = arrivals.get(subject) ?? new Set();
      arrivals.set(subject, consumers.add(takeAll));
      takeAll();
      return async () => {
        consumers.delete(takeAll);
        await Promise.all(taking);
      };
    },
    isConnected: () => true,
    disconnectedMs: () => 0,
    async close() {
      subscribers.clear();
      arrivals.clear();
    },
  };
}

function full(subject: string): Fault {
  const message = `The bus keeps ${MAX_KEPT} messages of ${subject}, which is its limit. Try again in a moment.`;
  return new Fault('UNAVAILABLE', message, { retryAfterMs: RETRY_AFTER_MS });
}
