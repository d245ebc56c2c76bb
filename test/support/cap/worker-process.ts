import type { NatsServer } from '../bus/nats-server.ts';
import { type Server, startProgram } from '../server.ts';
import { until } from '../until.ts';

export interface WorkerProcess extends AsyncDisposable {
  readonly id: string;
  readonly pid: number;
  /** Its log so far, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the log
  logged(event: string): any[];
  readonly ended: Promise<number | string>;
  /** Resolves with its exit code, or the name of the signal. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | string>;
}

/** Starts the real worker as a separate process. It shares the artifact store of the server, and nothing else. */
export async function startWorkerProcess(options: {
  readonly nats: NatsServer;
  readonly server: Server;
  readonly id: string;
  readonly pools: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}): Promise<WorkerProcess> {
  const { nats, server, id, pools, env } = options;
  const program = startProgram(['worker', '--pool', pools.join(',')], {
    ...{ NATS_URL: nats.url, CAP_UNSIGNED: 'true', WORKER_ID: id, JWT_SECRET: undefined },
    ...{ ARTIFACTS_DIR: `${server.dataDir}/artifacts`, DATA_DIR: `${server.dataDir}/remote` },
    ...env,
  });
  const { process: child, ended, log } = program;
  const logged = (event: string) => log.map((line) => JSON.parse(line)).filter((line) => line.event === event);
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  let code: number | string | undefined;
  void ended.then((value) => {
    code = value;
  });
  await until(`the worker ${id} has started`, () => {
    if (code !== undefined) throw new Error(`the worker ended with ${code}:\n${log.join('\n')}`);
    return log.some((line) => line.includes('worker.started'));
  });
  return {
    ...{ id, pid: child.pid ?? 0, logged, ended, stop },
    [Symbol.asyncDispose]: async () => void (await stop('SIGKILL')),
  };
}
