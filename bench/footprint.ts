import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { type Server, startServer, tokenFor } from '../test/support/server.ts';
import { createTempFolder } from '../test/support/temp-folder.ts';
import { type BenchOptions, figure, median } from './load/figure.ts';

const COUNTS = { full: { starts: 5, idleSeconds: 20, runs: 5_000 }, quick: { starts: 1, idleSeconds: 5, runs: 1_000 } };
const CONCURRENCY = 20;
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 5;
const MIB = 2 ** 20;
const MAX_IDLE_MIB = 140;
const MAX_RUN_BYTES = 2_048;
const MAX_IDLE_SHARE = 0.02;
/** A server that does nothing, which npm starts as it starts Signalbox. */
const BARE = `require('node:http').createServer((_, answer) => answer.end()).listen(process.env.PORT, '127.0.0.1');`;

const CONVERT = `mutation { convertToJson(input: { source: { text: { text: "a,b\\n1,2", mediaType: "text/csv" } } }) {
  ... on CommandOutcome { run { state } } } }`;

/**
 * What a server costs that does nothing: the time from `npm start` until it answers, its memory and its CPU, next to a bare
 * HTTP server of Node; then the bytes on disk of one run with one step.
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const { starts, idleSeconds, runs } = quick ? COUNTS.quick : COUNTS.full;
  const bench = 'footprint';
  await using folder = await createTempFolder();
  const bare = join(folder.path, 'bare');
  await mkdir(bare);
  await writeFile(join(bare, 'package.json'), JSON.stringify({ scripts: { start: 'node server.cjs' } }));
  await writeFile(join(bare, 'server.cjs'), BARE);
  const rounds: { first: number; again: number; bare: number }[] = [];
  for (let round = 0; round < starts; round += 1) {
    const DATA_DIR = join(folder.path, String(round));
    rounds.push({
      first: await npmStart(process.cwd(), { DATA_DIR }),
      again: await npmStart(process.cwd(), { DATA_DIR }),
      bare: await npmStart(bare, {}),
    });
  }
  const of = (which: 'first' | 'again' | 'bare') => median(rounds.map((round) => round[which]));
  const peer = { name: 'bare npm and node', value: of('bare') };
  figure({ bench, metric: 'npm start until it answers', value: of('again'), unit: 'ms', n: starts, peer });
  figure({ bench, metric: 'the same, first start of a new folder', value: of('first'), unit: 'ms', n: starts, peer });

  await using server = await startServer({ dataDir: join(folder.path, '0'), env: {} });
  await sleep(idleSeconds * 1_000);
  const before = await cpuSeconds(server.process);
  await sleep(idleSeconds * 1_000);
  const share = ((await cpuSeconds(server.process)) - before) / idleSeconds;
  const limit = (value: number) => ({ name: 'maximum', value });
  const value = (await server.memory()) / MIB;
  figure({ bench, metric: 'RSS, idle', value, unit: 'MiB', n: 1, peer: limit(MAX_IDLE_MIB) });
  figure({ bench, metric: 'CPU of a core, idle', value: share, unit: '', n: 1, peer: limit(MAX_IDLE_SHARE) });

  const bytes = await bytesPerRun(server, runs);
  figure({
    bench,
    metric: 'a run with one step, on disk',
    value: bytes,
    unit: 'bytes',
    n: runs,
    peer: limit(MAX_RUN_BYTES),
  });
}

/** Milliseconds from `npm start` in the folder until its server answers. The server is stopped then. */
async function npmStart(cwd: string, env: Readonly<Record<string, string>>): Promise<number> {
  const port = await freePort();
  const began = performance.now();
  const { PATH, HOME } = process.env;
  const child = spawn('npm', ['start', '--silent'], {
    cwd,
    env: { PATH, HOME, ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  // npm is the leader of a process group, and ends before its server, which keeps the pipe open.
  const ended = once(child, 'close');
  child.stdout.resume();
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`npm start in ${cwd} ended with ${child.exitCode}.`);
      if (performance.now() - began > START_TIMEOUT_MS) throw new Error(`npm start in ${cwd} does not answer.`);
      await sleep(POLL_MS);
    }
    return performance.now() - began;
  } finally {
    process.kill(-(child.pid as number), 'SIGTERM');
    await ended;
  }
}

const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/health`).then(
    ({ ok }) => ok,
    () => false,
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Of all threads of the process. */
async function cpuSeconds({ pid }: ChildProcess): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name in parentheses, in ticks of 10 ms; see proc_pid_stat(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function bytesPerRun(server: Server, runs: number): Promise<number> {
  const token = await tokenFor('bench', { roles: ['admin'] });
  const convert = async () => {
    const { data, errors } = await server.query(CONVERT, {}, token);
    if (data?.convertToJson?.run?.state !== 'SUCCEEDED')
      throw new Error(`The command did not succeed: ${JSON.stringify(data ?? errors)}`);
  };
  const db = new Database(join(server.dataDir, 'signalbox.db'), { readonly: true });
  const size = () =>
    Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
  await convert();
  const before = size();
  for (let done = 0; done < runs; done += CONCURRENCY) await Promise.all(Array.from({ length: CONCURRENCY }, convert));
  const bytes = (size() - before) / runs;
  db.close();
  return bytes;
}
