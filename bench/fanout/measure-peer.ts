import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { PeerOrder } from '../peers/shared-graphql-ws.ts';
import { type Subscriber, subscribe } from './subscribe.ts';

export interface PeerFanOut {
  readonly seen: readonly Subscriber[];
  /** Of its main thread, in milliseconds. */
  readonly cpuMs: number;
}

/** The same number of subscribers and events, sent by a prototype of graphql-ws. */
export async function measurePeer(subscribers: number, order: PeerOrder): Promise<PeerFanOut> {
  const child = fork(join(import.meta.dirname, '../peers/shared-graphql-ws.ts'));
  try {
    const [port] = (await once(child, 'message')) as [number];
    const url = `http://127.0.0.1:${port}`;
    const seen = await Promise.all(Array.from({ length: subscribers }, () => subscribe(url, '')));
    child.send(order);
    const [cpuMs] = (await once(child, 'message')) as [number];
    return { seen, cpuMs };
  } finally {
    child.kill('SIGKILL');
  }
}
