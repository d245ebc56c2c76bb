import { readFileSync } from 'node:fs';
import { connect } from '@nats-io/transport-node';
import { openBus } from '../../src/bus/open-bus.ts';
import { SUBJECTS } from '../../src/cap/subjects.ts';
import { hasNats, startNatsServer } from '../../test/support/bus/nats-server.ts';
import { until } from '../../test/support/until.ts';
import { PACKETS } from './measure-packets.ts';

/** Of messages, in microseconds of CPU time: of the NATS server with all its threads, or of the node. */
export interface BusCosts {
  /** Server: takes a message. */
  readonly publishUs: number;
  /** Server: gives it to one subscriber. */
  readonly deliverUs: number;
  /** Node: gets it from its connection. */
  readonly receiveUs: number;
  /** Server: takes a result, stores it, gives it to a node, and removes it. */
  readonly keepUs: number;
  /** Node: takes a result and acknowledges it. */
  readonly takeUs: number;
  /** Results per second that one node takes from the stream, which nobody else uses. */
  readonly takenPerSecond: number;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const SUBSCRIBERS = 4;
const LANES = 256;
/** Of /proc: USER_HZ is 100 on every platform of Node. */
const US_PER_TICK = 10_000;

/** A separate NATS server on this machine, with a node and its workers as its clients. */
export async function measureBus(messages: number): Promise<BusCosts> {
  if (!hasNats)
    throw new Error('nats-server is not installed. Install it (Debian: apt install nats-server), then try again.');
  await using server = await startNatsServer();
  const { host } = new URL(server.url);
  const nodes = await Promise.all(Array.from({ length: SUBSCRIBERS }, () => openBus({ servers: [host] }, silent)));
  const worker = await connect({ servers: server.url });
  try {
    /** Heartbeats to the first nodes. @returns CPU time per message */
    const beat = async (subscribers: number) => {
      let heard = 0;
      const ends = await Promise.all(
        nodes.slice(0, subscribers).map((node) =>
          node.subscribe(SUBJECTS.heartbeat, () => {
            heard += 1;
          }),
        ),
      );
      const spent = stopwatch(server.pid, messages);
      for (let i = 0; i < messages; i += 1) {
        worker.publish(SUBJECTS.heartbeat, PACKETS.heartbeat);
        // Lets the client write.
        if (i % 1_000 === 0) await worker.flush();
      }
      await worker.flush();
      await until('all are heard', () => heard === messages * subscribers);
      const costs = spent();
      await Promise.all(ends.map((end) => end()));
      return costs;
    };
    await beat(0);
    const [none, all] = [await beat(0), await beat(SUBSCRIBERS)];

    const [node] = nodes as [(typeof nodes)[0]];
    const results = Math.ceil(messages / 10);
    const kept = stopwatch(server.pid, results);
    let sent = 0;
    const send = async () => {
      while (sent < results) {
        sent += 1;
        await node.publish(SUBJECTS.result, PACKETS.result);
      }
    };
    await Promise.all(Array.from({ length: LANES }, send));
    const keep = kept();
    const took = stopwatch(server.pid, results);
    const began = performance.now();
    let taken = 0;
    const stop = await node.consume(SUBJECTS.result, async () => {
      taken += 1;
    });
    await until('all are taken', () => taken >= results);
    const takenPerSecond = (results * 1_000) / (performance.now() - began);
    await stop();
    const take = took();
    return {
      publishUs: none.serverUs,
      deliverUs: Math.max(0, all.serverUs - none.serverUs) / SUBSCRIBERS,
      receiveUs: Math.max(0, all.processUs - none.processUs) / SUBSCRIBERS,
      keepUs: keep.serverUs + take.serverUs,
      takeUs: take.processUs,
      takenPerSecond,
    };
  } finally {
    await Promise.all([...nodes, worker].map((connection) => connection.close()));
  }
}

/** CPU time of the server and of this process, per message, from now. */
function stopwatch(pid: number, messages: number): () => { readonly serverUs: number; readonly processUs: number } {
  const [ticks, own] = [ticksOf(pid), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(own);
    return {
      serverUs: ((ticksOf(pid) - ticks) * US_PER_TICK) / messages,
      processUs: (user + system) / messages,
    };
  };
}

/** Of all its threads; see proc_pid_stat(5). */
function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
