import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { SUBJECTS } from '../cap/subjects.ts';
import type { DurableSubject } from './bus.ts';

/** One stream for each subject, and nothing else in it: a stream on `sys.>` would answer requests in place of their receiver. */
export const STREAMS: Readonly<Record<DurableSubject, string>> = {
  [SUBJECTS.submit]: 'SIGNALBOX_SUBMIT',
  [SUBJECTS.result]: 'SIGNALBOX_RESULT',
  [SUBJECTS.deadLetter]: 'SIGNALBOX_DLQ',
};
/** Of the one consumer of each stream, which all nodes share. */
export const DURABLE_NAME = 'signalbox';

const MAX_AGE_MS = 7 * 86_400_000;
const MAX_BYTES = 2 ** 30;
/** A node that took a message and said nothing for so long is taken for dead; others get the message. */
export const ACK_WAIT_MS = 15_000;
const MAX_ACK_PENDING = 2_048;

/** A message is removed when it was taken. When the stream is full, senders are refused, and no message is lost. */
const QUEUE = { retention: RetentionPolicy.Workqueue, discard: DiscardPolicy.New };
/** Messages stay until they are old, for those who watch. */
const HISTORY = { retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old };

/** Creates the stream of the subject and its consumer, unless they exist. Does not change those that do. */
export async function ensureStream(jsm: JetStreamManager, subject: DurableSubject): Promise<void> {
  const name = STREAMS[subject];
  const isThere = (act: Promise<unknown>) =>
    act.then(
      () => true,
      () => false,
    );
  if (!(await isThere(jsm.streams.info(name)))) {
    await jsm.streams.add({
      name,
      subjects: [subject],
      storage: StorageType.File,
      ...(subject === SUBJECTS.deadLetter ? HISTORY : QUEUE),
      max_bytes: MAX_BYTES,
      max_age: nanos(MAX_AGE_MS),
    });
  }
  if (!(await isThere(jsm.consumers.info(name, DURABLE_NAME)))) {
    await jsm.consumers.add(name, {
      durable_name: DURABLE_NAME,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      filter_subject: subject,
      ack_wait: nanos(ACK_WAIT_MS),
      max_ack_pending: MAX_ACK_PENDING,
    });
  }
}
