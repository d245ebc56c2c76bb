import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeBus } from '../../test/support/bus/bus-contract.ts';
import { hasNats, type NatsServer, startNatsServer } from '../../test/support/bus/nats-server.ts';
import { silentLogger } from '../../test/support/store/sqlite-harness.ts';
import { until } from '../../test/support/until.ts';
import { createInProcessBus } from './in-process-bus.ts';
import { connectNatsBus } from './nats-bus.ts';

describeBus('in one process', async () => {
  const bus = createInProcessBus();
  return { bus, other: bus, close: () => bus.close() };
});

if (hasNats)
  describeBus('on NATS', async () => {
    const server = await startNatsServer();
    const [bus, other] = [await openBus(server), await openBus(server)];
    const close = async () => {
      await Promise.all([bus.close(), other.close()]);
      await server.remove();
    };
    return { bus, other, close };
  });

describe('a bus in one process', () => {
  it('refuses senders when nobody takes what it keeps, and loses the oldest dead letters instead', async () => {
    const bus = createInProcessBus();
    for (let i = 0; i < 10_000; i += 1) await bus.publish('sys.job.submit', bytes(String(i)));
    await expect(bus.publish('sys.job.submit', bytes('x'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    for (let i = 0; i <= 10_000; i += 1) await bus.publish('sys.job.dlq', bytes(String(i)));
    const letters: string[] = [];
    await bus.consume('sys.job.dlq', async (message) => void letters.push(new TextDecoder().decode(message)));
    expect([letters.length, letters[0], letters.at(-1)]).toEqual([10_000, '1', '10000']);
    await bus.close();
  });
});

const bytes = (text: string) => new TextEncoder().encode(text);
const openBus = ({ url }: NatsServer) => connectNatsBus({ servers: [new URL(url).host] }, silentLogger);

describe.runIf(hasNats)('a connection to NATS', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.remove());

  it('continues after the server was killed, and loses nothing that was kept', async () => {
    await using bus = disposable(await openBus(server));
    const heard: string[] = [];
    await bus.subscribe('job.after', (message) => heard.push(new TextDecoder().decode(message.bytes)));
    await bus.publish('sys.job.submit', bytes('before'));
    await server.kill();
    await until('it notices', () => !bus.isConnected());
    await expect(bus.publish('sys.job.submit', bytes('x'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(bus.deliver('job.after', bytes('x'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await server.start();
    await until('it is connected', () => bus.isConnected());
    const taken: string[] = [];
    const stop = await bus.consume('sys.job.submit', async (message) => {
      taken.push(new TextDecoder().decode(message));
    });
    await until('the kept message is taken', () => taken.length > 0);
    await stop();
    expect(taken).toEqual(['before']);
    expect(await bus.deliver('job.after', bytes('back'))).toBe(true);
    await until('the subscription is back', () => heard.length > 0);
    expect(heard).toEqual(['back']);
  });

  it('continues to take messages after the server was restarted and after its stream was deleted', async () => {
    await using bus = disposable(await openBus(server));
    const taken: string[] = [];
    const stop = await bus.consume('sys.job.submit', async (message) => {
      taken.push(new TextDecoder().decode(message));
    });
    const send = (text: string) =>
      until(`${text} is taken`, async () => {
        await bus.publish('sys.job.submit', bytes(text)).catch(() => {});
        return taken.includes(text);
      });
    await send('first');
    await server.kill();
    await server.start();
    await send('second');
    const connection = await connect({ servers: server.url });
    await connection.request('$JS.API.STREAM.DELETE.SIGNALBOX_SUBMIT', '');
    await connection.close();
    await send('third');
    await stop();
  });

  it('takes what a peer sends without JetStream', async () => {
    await using bus = disposable(await openBus(server));
    const peer = await connect({ servers: server.url });
    peer.publish('sys.job.submit', bytes('from a peer'));
    await peer.drain();
    const taken: string[] = [];
    const stop = await bus.consume('sys.job.submit', async (message) => {
      taken.push(new TextDecoder().decode(message));
    });
    await until('it is taken', () => taken.includes('from a peer'));
    await stop();
  });

  it('is UNAVAILABLE where there is no server', async () => {
    const opening = connectNatsBus({ servers: ['127.0.0.1:1'] }, silentLogger);
    await expect(opening).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('NATS_URL') });
  });

  it('opens on a server without JetStream, and refuses to send what has to be kept', async () => {
    await using plain = await startNatsServer({ jetstream: false });
    await using bus = disposable(await openBus(plain));
    await expect(bus.publish('sys.job.submit', bytes('x'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await bus.deliver('job.nobody', bytes('x'))).toBe(false);
  });
});

function disposable<T extends { close(): Promise<void> }>(bus: T): T & AsyncDisposable {
  return Object.assign(bus, { [Symbol.asyncDispose]: () => bus.close() });
}
