import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { OpenSubject } from '../load/subject.ts';

/** About what a packet with one job has. */
const PAYLOAD = Buffer.alloc(320, 0x61);
const SUBJECT = 'bench.jetstream';

/** NATS alone, with the payload of a job: `variant` is `request URL` or `publish URL`. */
export const open: OpenSubject = async ({ variant = '' }) => {
  const [what, servers] = variant.split(' ');
  const nats = await connect({ servers: servers as string });
  const close = () => nats.close();
  if (what === 'request') {
    // Another connection answers, as a worker would.
    const worker = await connect({ servers: servers as string });
    worker.subscribe('bench.request', { queue: 'bench', callback: (_, message) => void message.respond(message.data) });
    await worker.flush();
    return {
      perform: async () => void (await nats.request('bench.request', PAYLOAD, { timeout: 30_000 })),
      close: async () => {
        await worker.close();
        await close();
      },
    };
  }
  const jsm = await jetstreamManager(nats);
  await jsm.streams.add({ name: 'BENCH', subjects: [SUBJECT], max_msgs: 100_000 });
  const js = jetstream(nats);
  return { perform: async () => void (await js.publish(SUBJECT, PAYLOAD)), close };
};
