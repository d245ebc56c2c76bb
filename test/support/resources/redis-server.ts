import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createSecret, type Secret } from '../../../src/config/secrets.ts';
import { freePort, isOpen } from '../bus/nats-server.ts';
import { until } from '../until.ts';

/** Tests that need a Redis server are skipped where it is missing, unless REQUIRE_SERVICES is set. */
export const hasRedis =
  process.env.REQUIRE_SERVICES !== undefined || spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) console.warn('Without redis-server the tests of Redis are skipped.');

export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly secretUrl: Secret;
  /** Ends the process at once; what it held is lost. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** SIGSTOP: its connections stay open, and it answers nothing. SIGCONT: it continues. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
}

/** A separate Redis server, in memory. @param args in addition, as in its configuration file */
export async function startRedisServer(...args: readonly string[]): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess;
  const start = async () => {
    const all = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...args];
    server = spawn('redis-server', all, { stdio: 'ignore', cwd: '/tmp' });
    await until('Redis listens', () => isOpen(port));
  };
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  await start();
  return {
    ...{ url, secretUrl: createSecret(Buffer.from(url)), kill, start, [Symbol.asyncDispose]: kill },
    signal: (signal) => void server.kill(signal),
  };
}
