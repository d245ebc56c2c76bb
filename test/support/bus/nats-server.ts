import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../until.ts';

/** Tests that need a NATS server are skipped where it is missing, unless REQUIRE_SERVICES is set. */
export const hasNats =
  process.env.REQUIRE_SERVICES !== undefined || spawnSync('nats-server', ['--version']).status === 0;
if (!hasNats) console.warn('Without nats-server the tests of NATS are skipped.');

export interface NatsServer extends AsyncDisposable {
  readonly url: string;
  /** Of its process, which is another one after each start. */
  readonly pid: number;
  /** Ends the process at once; its streams stay on disk. */
  kill(): Promise<void>;
  /** Starts it again on the same port and with the same streams. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

interface NatsServerOptions {
  /** In the language of its configuration file. */
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** @default true */
  readonly jetstream?: boolean;
}

/** A separate NATS server, with its data in a temporary folder. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const { config = '', env = {}, jetstream = true } = options;
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-nats-'));
  const port = await freePort();
  const file = join(folder, 'nats.conf');
  await writeFile(file, config);
  const store = jetstream ? ['--jetstream', '--store_dir', join(folder, 'store')] : [];
  let server: ChildProcess;
  const start = async () => {
    const args = ['-c', file, '-a', '127.0.0.1', '-p', String(port), ...store];
    server = spawn('nats-server', args, { stdio: 'ignore', env: { ...process.env, ...env } });
    await until('NATS listens', () => isOpen(port));
  };
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  const remove = async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    get pid() {
      return server.pid as number;
    },
    ...{ start, kill, remove, [Symbol.asyncDispose]: remove },
  };
}

export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}
