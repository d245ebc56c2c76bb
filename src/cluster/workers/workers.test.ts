import type { KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats, startNatsServer } from '../../../test/support/bus/nats-server.ts';
import { encodeLegacy, newKeyPair, pemOf, signAsSent } from '../../../test/support/cap/legacy-codec.ts';
import { openWorkerTables } from '../../../test/support/cap/restrictions.ts';
import { createEnvironments } from '../../../test/support/config/environment.ts';
import { silentLogger } from '../../../test/support/store/sqlite-harness.ts';
import { until } from '../../../test/support/until.ts';
import type { Bus } from '../../bus/bus.ts';
import { createInProcessBus } from '../../bus/in-process-bus.ts';
import { connectNatsBus } from '../../bus/nats-bus.ts';
import { systemClock } from '../../core/clock.ts';
import type { WorkerRestrictions } from '../../core/runtime.ts';
import { openPeers, type Peers } from '../peers/peers.ts';
import { openWorkers, type Workers } from './workers.ts';

const { development, dir } = createEnvironments();
const { restrictions, handshakes } = await openWorkerTables();
const keys = { w1: newKeyPair(), w2: newKeyPair(), client: newKeyPair() };
const entry = (key: KeyObject, workers: boolean) => ({ public_key: pemOf(key), workers });
const file = join(dir, 'peers.yaml');
writeFileSync(
  file,
  JSON.stringify({
    ...{ w1: entry(keys.w1.publicKey, true), w2: entry(keys.w2.publicKey, true) },
    client: entry(keys.client.publicKey, false),
  }),
);

/** As SDKs for Go sign it: a heartbeat, unless something else is given. */
function packet(workerId: keyof typeof keys, heartbeat: object = {}, fields: object = {}): Uint8Array {
  const now = Date.now();
  return signAsSent(
    {
      ...{ trace_id: 't', sender_id: workerId, protocol_version: 1 },
      created_at: { seconds: Math.floor(now / 1_000), nanos: (now % 1_000) * 1_000_000 },
      heartbeat: { worker_id: workerId, max_parallel_jobs: 4, ...heartbeat },
      ...fields,
    },
    keys[workerId].privateKey,
  );
}
/** Heartbeats of one process, as they are sent in half a minute: then it is certain that there is only one. */
async function beatRegularly({ bus }: Node, workerId: keyof typeof keys, heartbeat: object = {}): Promise<void> {
  const now = Math.floor(Date.now() / 1_000);
  for (let seconds = now - 30; seconds < now; seconds += 5) {
    await bus.publish('sys.heartbeat', packet(workerId, heartbeat, { created_at: { seconds, nanos: 0 } }));
  }
}
const handshake = (workerId: keyof typeof keys, fields: object = {}) => ({
  heartbeat: undefined,
  handshake: { component_id: workerId, role: 3, ready_topics: ['job.a'], sdk_version: 'go/2', ...fields },
});

interface Node {
  readonly bus: Bus;
  readonly workers: Workers;
  readonly lines: [string, Readonly<Record<string, unknown>>][];
  close(): Promise<void>;
}

async function openNode(
  bus: Bus,
  env: Record<string, string> = {},
  own: WorkerRestrictions = restrictions,
): Promise<Node> {
  const lines: Node['lines'] = [];
  const log = (event: string, fields = {}) => void lines.push([event, fields]);
  const logger = { debug: log, info: log, warn: log, error: log };
  const { peers: settings } = development({ CAP_PEERS: file, ...env });
  const peers: Peers = openPeers({ settings, restrictions: own, clock: systemClock, logger });
  const workers = await openWorkers({ bus, peers, restrictions: own, handshakes, clock: systemClock, logger });
  const close = async () => {
    await workers.close();
    peers.close();
    await bus.close();
  };
  return { bus, workers, lines, close };
}

const connect = (url: string) => connectNatsBus({ servers: [new URL(url).host] }, silentLogger);

describe.each([
  ['in one process', false],
  ['on NATS', true],
])('workers %s', (_, onNats) => {
  let nodes: readonly Node[] = [];
  let stop = async () => {};
  beforeAll(async () => {
    if (onNats && !hasNats) return;
    const server = onNats ? await startNatsServer() : undefined;
    const shared = createInProcessBus();
    const open = async () => openNode(server ? await connect(server.url) : shared);
    nodes = [await open(), await open()];
    stop = async () => {
      for (const node of nodes) await node.close();
      await server?.remove();
    };
  });
  afterAll(() => stop());

  it.skipIf(onNats && !hasNats)('are heard by every node, and get jobs at their subject', async () => {
    const [node] = nodes;
    if (!node) return;
    await node.bus.publish('sys.handshake', packet('w1', {}, handshake('w1')));
    await beatRegularly(node, 'w1');
    const facts = { pool: 'p', region: 'eu', type: 't', capabilities: ['gpu'], labels: { b: '2', a: '1' } };
    const load = { active_jobs: 1, cpu_load: 12.5, gpu_utilization: 3, memory_load: 50 };
    await node.bus.publish('sys.heartbeat', packet('w1', { ...facts, ...load, progress_pct: 40, last_memo: 'half' }));
    for (const { workers } of nodes) {
      const worker = await until('it is heard', () => workers.get('w1')?.progress && workers.get('w1'));
      expect(worker).toMatchObject({
        facts: { ...facts, maxParallelJobs: 4 },
        load: { activeJobs: 1, cpuLoad: 12.5, gpuLoad: 3, memoryLoad: 50 },
        progress: { percent: 40, memo: 'half', at: expect.any(Date) },
        ...{ topics: new Set(['job.a']), sdkVersion: 'go/2', isAlive: true, isDrained: false },
      });
      const place = workers.place({ topic: 'job.a', labels: {} });
      expect(place).toEqual({ subject: 'worker.w1.jobs', workerId: 'w1' });
    }
  });
});

describe('a packet about a worker', () => {
  let node: Node;
  beforeAll(async () => {
    node = await openNode(createInProcessBus());
  });
  afterAll(() => node.close());

  const far = { seconds: Math.floor(Date.now() / 1_000) + 3_600, nanos: 0 };
  it.each<[string, Uint8Array]>([
    ['that another worker sent', packet('w2', { worker_id: 'w1' })],
    ['whose handshake is of another worker', packet('w2', {}, handshake('w2', { component_id: 'w1' }))],
    ['that is not signed', encodeLegacy({ sender_id: 'w1', protocol_version: 1, heartbeat: { worker_id: 'w1' } })],
    ['of a peer that is no worker', packet('client')],
    ['with a time of the future', packet('w1', {}, { created_at: far })],
    ['with labels that fill the memory', packet('w1', { labels: { a: 'x'.repeat(5_000) } })],
    [
      'with topics that do',
      packet('w1', {}, handshake('w1', { ready_topics: Array(100).fill(`job.${'x'.repeat(90)}`) })),
    ],
    ['that is no packet', Buffer.from('x')],
    ['whose signature is no signature', Buffer.concat([packet('w1').subarray(0, -20), Buffer.alloc(20)])],
  ])('%s is refused, and some of them are in the log', async (_, bytes) => {
    const isSeen = new Promise((resolve) => node.bus.subscribe('sys.heartbeat', resolve));
    await node.bus.publish('sys.heartbeat', bytes);
    await isSeen;
    await new Promise(setImmediate);
    expect(node.workers.list()).toEqual([]);
    expect(node.lines.some(([event]) => event === 'workers.packet_refused')).toBe(true);
    expect(node.lines.filter(([event]) => event === 'workers.failed')).toEqual([]);
  });

  it('is not about one when it is the handshake of another role', async () => {
    await node.bus.publish('sys.handshake', packet('w1', {}, handshake('w1', { role: 1 })));
    await node.bus.publish('sys.handshake', packet('w2', {}, handshake('w2')));
    await until('the second is heard', () => node.workers.get('w2'));
    expect(node.workers.get('w1')).toBeUndefined();
  });

  it('may say nonsense: loads, memos and topics are limited', async () => {
    const nonsense = { cpu_load: Number.NaN, gpu_utilization: 1e30, active_jobs: -5, max_parallel_jobs: -1 };
    const topics = handshake('w1', { ready_topics: ['job.a', 'sys.>', 'job.*', ''] });
    await node.bus.publish('sys.handshake', packet('w1', {}, topics));
    await node.bus.publish(
      'sys.heartbeat',
      packet('w1', { ...nonsense, progress_pct: 900, last_memo: 'm'.repeat(9_000) }),
    );
    const worker = await until('it is heard', () => node.workers.get('w1')?.progress && node.workers.get('w1'));
    expect(worker).toMatchObject({
      load: { activeJobs: 0, cpuLoad: 0, gpuLoad: 100, memoryLoad: 0 },
      facts: { maxParallelJobs: 0 },
      progress: { percent: 100, memo: `${'m'.repeat(1_023)}…` },
      topics: new Set(['job.a']),
    });
  });
});

describe('a worker', () => {
  it('without a signature has a subject only if its id can be a part of one', async () => {
    const node = await openNode(createInProcessBus(), { CAP_UNSIGNED: 'true' });
    const ids = ['plain', 'with.dots', 'a >'];
    const now = Math.floor(Date.now() / 1_000);
    for (const id of ids) {
      const packetOf = (payload: object) => encodeLegacy({ sender_id: id, protocol_version: 1, ...payload });
      const said = { component_id: id, role: 3, ready_topics: ['job.t'] };
      await node.bus.publish('sys.handshake', packetOf({ handshake: said }));
      for (let seconds = now - 30; seconds <= now; seconds += 5) {
        const heartbeat = { worker_id: id, max_parallel_jobs: 1, last_memo: String(now - seconds) };
        await node.bus.publish('sys.heartbeat', packetOf({ created_at: { seconds }, heartbeat }));
      }
    }
    await until('all are heard', () => ids.every((id) => node.workers.get(id)?.progress?.memo === '0'));
    const place = node.workers.place({ topic: 'job.t', labels: {} });
    expect(place).toMatchObject({ workerId: 'plain' });
    node.workers.begin(place ?? { subject: '' }, 'job.t');
    expect(node.workers.place({ topic: 'job.t', labels: {} })).toEqual({ subject: 'job.t' });
    await node.close();
  });

  it('is lost when it is silent, and at once when its key is revoked; drained it gets nothing', async () => {
    const node = await openNode(createInProcessBus());
    const lost: string[] = [];
    node.workers.onLost((id) => lost.push(id));
    for (const id of ['w1', 'w2'] as const) {
      await node.bus.publish('sys.handshake', packet(id, {}, handshake(id)));
      await beatRegularly(node, id);
      await node.bus.publish('sys.heartbeat', packet(id, { last_memo: 'now' }));
    }
    await until('both are heard', () => (['w1', 'w2'] as const).every((id) => node.workers.get(id)?.progress));
    await until('their handshakes are saved', async () => (await handshakes.list()).length >= 2);
    const drained = { kind: 'DRAINED', workerId: 'w1', key: '', by: 'admin', at: new Date() } as const;
    await restrictions.add(drained);
    expect(node.workers.get('w1')?.isDrained).toBe(true);
    expect(node.workers.place({ topic: 'job.a', labels: {} })).toMatchObject({ workerId: 'w2' });
    await restrictions.add({ ...drained, kind: 'REVOKED', workerId: 'w2' });
    expect(lost).toEqual(['w2']);
    expect(node.workers.place({ topic: 'job.a', labels: {} })).toBeUndefined();
    await until('the other one is lost', () => lost.length === 2);
    expect(node.workers.get('w1')?.isAlive).toBe(false);
    await until('its handshake is removed', async () =>
      (await handshakes.list()).every(({ workerId }) => workerId !== 'w1' && workerId !== 'w2'),
    );
    await restrictions.remove(drained);
    await node.close();
  });

  it('is known to a node that did not hear its handshake, and gets jobs at its subject once its heartbeats are regular', async () => {
    const [first, other] = [await openNode(createInProcessBus()), createInProcessBus()];
    await first.bus.publish('sys.handshake', packet('w1', {}, handshake('w1')));
    await beatRegularly(first, 'w1');
    await until('it is saved', async () => (await handshakes.list()).some(({ workerId }) => workerId === 'w1'));
    const second = await openNode(other);
    await second.bus.publish(
      'sys.heartbeat',
      packet('w1', {}, { created_at: { seconds: Math.floor(Date.now() / 1_000) - 60 } }),
    );
    const worker = await until('it is heard', () => second.workers.get('w1'));
    expect(worker).toMatchObject({ topics: new Set(['job.a']), sdkVersion: 'go/2' });
    const job = { topic: 'job.a', labels: {} };
    expect(second.workers.place(job)).toEqual({ subject: 'job.a' });
    await beatRegularly(second, 'w1');
    await until('it is certain', () => second.workers.place(job)?.workerId === 'w1');
    await Promise.all([first.close(), second.close()]);
  });
});
