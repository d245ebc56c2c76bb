import { jetstreamManager } from '@nats-io/jetstream';
import { createInbox, errors, type Msg, type MsgCallback, type NatsConnection } from '@nats-io/transport-node';
import { nodeResultsSubject, SUBJECTS, workerSubject } from '../cap/subjects.ts';
import type { NatsSettings } from '../config/config.ts';
import { DURABLE_SUBJECTS } from './bus.ts';
import { connectNats } from './nats-connection.ts';
import { STREAMS } from './nats-streams.ts';

const API_TIMEOUT_MS = 5_000;
/** Nobody has this id, so nobody gets a message. */
const NOBODY = 'signalbox-doctor';

/** What a NATS server is for Signalbox. */
export interface NatsState {
  readonly version: string;
  readonly encrypted: boolean;
  /** Why JetStream cannot be used; absent when it can. */
  readonly jetstreamProblem?: string;
  /** Of each durable subject: the stream that holds it, and its messages. Without a stream: it will be created. */
  readonly streams: readonly {
    readonly subject: string;
    readonly expected: string;
    readonly stream?: { readonly name: string; readonly messages: number };
  }[];
  /** Subjects that this user may not use, such as `subscribe sys.heartbeat`. */
  readonly denied: readonly string[];
}

/** Looks, and changes nothing. @throws Fault UNAVAILABLE when NATS cannot be reached or does not accept this client */
export async function inspectNats(settings: NatsSettings): Promise<NatsState> {
  const connection = await connectNats(settings);
  try {
    const denied = await findDenied(connection);
    const { version = '', tls_required, tls_available } = connection.info ?? {};
    // The client uses TLS wherever a server has it.
    const encrypted = tls_required === true || tls_available === true;
    return { version, encrypted, denied, ...(await inspectStreams(connection)) };
  } finally {
    await connection.close();
  }
}

async function inspectStreams(connection: NatsConnection): Promise<Pick<NatsState, 'jetstreamProblem' | 'streams'>> {
  try {
    const jsm = await jetstreamManager(connection, { checkAPI: false, timeout: API_TIMEOUT_MS });
    await jsm.getAccountInfo();
    const streams: NatsState['streams'][number][] = [];
    for (const subject of DURABLE_SUBJECTS) {
      const [name] = await jsm.streams.names(subject).next();
      const stream = name === undefined ? undefined : (await jsm.streams.info(name)).state;
      streams.push({
        subject,
        expected: STREAMS[subject],
        ...(name !== undefined && { stream: { name, messages: stream?.messages ?? 0 } }),
      });
    }
    return { streams };
  } catch (error) {
    return { streams: [], jetstreamProblem: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Subscribes to what Signalbox listens to, and sends an empty message to where nobody listens: NATS answers what is not
 * allowed. Subjects that others listen to get no message.
 */
async function findDenied(connection: NatsConnection): Promise<readonly string[]> {
  const denied = new Set<string>();
  const answers = createInbox();
  const watch = async () => {
    for await (const status of connection.status()) {
      if (status.type !== 'error' || !(status.error instanceof errors.PermissionViolationError)) continue;
      const { operation, subject } = status.error;
      if (subject.startsWith(answers)) denied.add('answer other nodes (allow_responses)');
      else denied.add(`${operation === 'publish' ? 'publish' : 'subscribe'} ${subject}`);
    }
  };
  void watch();
  const { result, progress, heartbeat, handshake, alert } = SUBJECTS;
  const ofNode = nodeResultsSubject(NOBODY);
  const subscriptions = [result, progress, heartbeat, handshake, alert, createInbox()].map((subject) =>
    connection.subscribe(subject, { callback: () => {} }),
  );
  const answer: MsgCallback<Msg> = (error, question) => {
    if (!error) question.respond();
  };
  subscriptions.push(connection.subscribe(ofNode, { callback: answer }));
  for (const subject of [`job.${NOBODY}`, workerSubject(NOBODY)]) connection.publish(subject);
  connection.publish(ofNode, undefined, { reply: answers });
  // The server answers in order, so its refusals are here before the answer to this; and to the next those of what was answered.
  await connection.flush();
  await connection.flush();
  for (const subscription of subscriptions) subscription.unsubscribe();
  await connection.flush();
  return [...denied];
}
