import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSchema, type ExecutionResult, graphql } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

/** What the peer does when it is told to. */
export interface PeerOrder {
  readonly batches: number;
  readonly eventsPerBatch: number;
  readonly everyMs: number;
}

/**
 * The peer of bench/fanout: graphql-ws, where all subscribers get the result of one execution. Its events come from a timer: nothing is
 * executed, stored or checked, and no subscriber can resume. It sends its port, and milliseconds of processor time once an order is done.
 */
const schema = buildSchema(`
  type Query { events: EventBatch! }
  type Subscription { events: EventBatch! }
  type EventBatch { events: [Event!]! cursor: String! }
  type Event { cursor: String! seq: Int! type: String! at: String! runId: ID! }
`);
const SELECTION = '{ events { events { cursor seq type at runId } cursor } }';

interface Queue {
  push(result: ExecutionResult): void;
}
const queues = new Set<Queue>();

async function* results(): AsyncGenerator<ExecutionResult> {
  const waiting: ExecutionResult[] = [await execute([])];
  let wake = () => {};
  const queue = {
    push(result: ExecutionResult) {
      waiting.push(result);
      wake();
    },
  };
  queues.add(queue);
  try {
    for (;;) {
      for (let next = waiting.shift(); next; next = waiting.shift()) yield next;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    queues.delete(queue);
  }
}

const cursorOf = (position: number) => `c1.${btoa(position.toString(36))}`;

function execute(events: readonly object[]): Promise<ExecutionResult> {
  return graphql({ schema, source: SELECTION, rootValue: { events: { events, cursor: cursorOf(events.length) } } });
}

async function produce({ batches, eventsPerBatch, everyMs }: PeerOrder): Promise<void> {
  const before = process.threadCpuUsage();
  const began = performance.now();
  for (let n = 0; n < batches; n += 1) {
    await sleep(Math.max(0, began + n * everyMs - performance.now()));
    const runId = `run_${n.toString(16).padStart(32, '0')}`;
    const at = new Date().toISOString();
    const events = Array.from({ length: eventsPerBatch }, (_, i) => {
      const position = n * eventsPerBatch + i + 1;
      return { cursor: cursorOf(position), seq: i + 1, type: 'STEP_STATE_CHANGED', at, runId };
    });
    const result = await execute(events);
    for (const queue of queues) queue.push(result);
  }
  const { user, system } = process.threadCpuUsage(before);
  process.send?.((user + system) / 1_000);
}

const http = createServer();
useServer({ schema, subscribe: () => results() }, new WebSocketServer({ server: http, path: '/graphql' }));
process.on('message', (order: PeerOrder) => void produce(order));
http.listen(0, '127.0.0.1', () => process.send?.((http.address() as AddressInfo).port));
