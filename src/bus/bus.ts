import { SUBJECTS } from '../cap/subjects.ts';

/** Subjects whose messages are kept until a consumer has taken them. */
export const DURABLE_SUBJECTS = [SUBJECTS.submit, SUBJECTS.result, SUBJECTS.deadLetter] as const;
export type DurableSubject = (typeof DURABLE_SUBJECTS)[number];

export interface BusMessage {
  readonly subject: string;
  readonly bytes: Uint8Array;
  /** Answers who asked; absent in a message for which nobody waits. */
  answer?(bytes: Uint8Array): void;
}

interface SubscribeOptions {
  /** Of all subscribers with the same queue, one gets each message. */
  readonly queue?: string;
}

/** Carries messages between nodes, workers and clients. A message is bytes; subjects are those of NATS, with `*` and `>`. */
export interface Bus {
  /**
   * Sends to everybody who listens now. On a durable subject, resolves when the message is kept.
   * @throws Fault UNAVAILABLE when there is no connection; the message may have been sent
   */
  publish(subject: string, bytes: Uint8Array): Promise<void>;
  /**
   * Sends to everybody who listens now.
   * @returns false when nobody listens, so that the message is lost
   * @throws Fault UNAVAILABLE when there is no connection; the message may have been sent
   */
  deliver(subject: string, bytes: Uint8Array): Promise<boolean>;
  /**
   * Sends to those who listen now, and waits for the first answer.
   * @returns undefined when nobody listens, and when nobody answers in time
   * @throws Fault UNAVAILABLE when there is no connection; the message may have been sent
   */
  ask(subject: string, bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array | undefined>;
  /**
   * Calls the listener with each message from now on, also after the connection was lost and is back.
   * @returns ends the subscription
   */
  subscribe(
    subject: string,
    listener: (message: BusMessage) => void,
    options?: SubscribeOptions,
  ): Promise<() => Promise<void>>;
  /**
   * Takes the messages of a durable subject, those that were kept before included. Of all nodes one gets each. A message is
   * removed when `take` resolves; when it rejects, or the node dies, it comes again, later each time. `deliveries` is how often it
   * has come, this time included.
   * @returns takes no more, and resolves when those that were begun have ended
   */
  consume(
    subject: DurableSubject,
    take: (bytes: Uint8Array, deliveries: number) => Promise<void>,
  ): Promise<() => Promise<void>>;
  /** False while the connection is lost. */
  isConnected(): boolean;
  /** For how long the connection has been lost; 0 while it is there. */
  disconnectedMs(): number;
  /** Sends what is left and disconnects. */
  close(): Promise<void>;
}
