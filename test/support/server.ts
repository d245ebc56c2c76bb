import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { SignJWT } from 'jose';
import packageJson from '../../package.json' with { type: 'json' };
import { createMigratedFile } from './store/migrated-database.ts';

const root = resolve(import.meta.dirname, '../..');
/** The options that `npm start` passes to Node. */
const FLAGS = packageJson.scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** The token secret of every server that the tests start. */
const SECRET = 'a secret for tests, of more than 32 bytes';
const START_TIMEOUT_MS = 110_000;
/** More than a server needs to drain, also on a busy machine; beyond it the server hangs. */
const STOP_TIMEOUT_MS = 60_000;
/** Of /proc: USER_HZ is 100 on every platform of Node. */
const MS_PER_TICK = 10;

type Signal = 'SIGTERM' | 'SIGINT' | 'SIGKILL';

interface GraphqlResponse {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the result
  readonly data: any;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the result
  readonly errors?: any[];
}

/** A process of this project, with its output so far. */
interface ServerProcess {
  readonly process: ChildProcess;
  /** Lines of its standard output. */
  readonly stdoutLines: readonly string[];
  /** Lines of its standard error: the log, as JSON. */
  readonly log: readonly string[];
  /** Its exit code, or the name of the signal that ended it. Resolves when its output is complete. */
  readonly ended: Promise<number | string>;
}

export interface Server extends ServerProcess, AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly dataDir: string;
  /** Sends a document with POST. Rejects when the connection breaks. */
  query(document: string, variables?: unknown, token?: string): Promise<GraphqlResponse>;
  /** Sends any other request. */
  fetch(path: string, init?: RequestInit & { readonly token?: string }): Promise<Response>;
  /** The lines of the log with this event, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the log
  logged(event: string): any[];
  /** Resident memory in bytes, now or at its peak. */
  memory(which?: 'now' | 'peak'): Promise<number>;
  /**
   * Milliseconds of processor time that its main thread has used. While something blocks the thread it grows, and while the
   * machine is busy with something else it does not.
   */
  mainThreadMs(): Promise<number>;
  /** Stops it. Resolves with its exit code, or the name of the signal. */
  stop(signal?: Signal): Promise<number | string>;
}

export interface ServerOptions {
  /** Added to an environment that inherits only PATH; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** An existing folder, which stays. Default: a temporary folder. */
  readonly dataDir?: string;
}

/** Starts the real server as a separate process on a free port. Default: in a new folder, with an empty database. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'signalbox-')));
  if (options.dataDir === undefined) await createMigratedFile(join(dataDir, 'signalbox.db'));
  const running = startProgram(['serve'], { ...options.env, DATA_DIR: dataDir });
  const { process: child, ended, stdoutLines, log } = running;
  const cleanUp = () => (options.dataDir === undefined ? rm(dataDir, { recursive: true, force: true }) : undefined);
  const stop = async (signal: Signal = 'SIGTERM') => {
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const code = await ended;
    clearTimeout(late);
    await cleanUp();
    return code;
  };
  const url = await addressOf(running).catch(async (error: unknown) => {
    await stop('SIGKILL');
    throw error;
  });
  const ask: Server['fetch'] = (path, { token, headers, ...init } = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) } });

  return {
    url,
    dataDir,
    process: child,
    stdoutLines,
    log,
    ended,
    fetch: ask,
    stop,
    async query(query, variables, token) {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query, variables });
      const response = await ask('/graphql', { method: 'POST', headers, body, ...(token && { token }) });
      return { status: response.status, ...((await response.json()) as { data: unknown; errors?: [] }) };
    },
    logged: (event) => log.map((line) => JSON.parse(line)).filter((line) => line.event === event),
    async memory(which = 'now') {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      const [, kib] = (which === 'now' ? /VmRSS:\s+(\d+)/ : /VmHWM:\s+(\d+)/).exec(status) ?? [];
      return Number(kib) * 1024;
    },
    async mainThreadMs() {
      const stat = await readFile(`/proc/${child.pid}/task/${child.pid}/stat`, 'utf8');
      // After the name in parentheses; see proc_pid_stat(5).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
    },
    [Symbol.asyncDispose]: async () => void (await stop('SIGKILL')),
  };
}

/** Runs a command of the program to its end, by default in a temporary folder. */
export async function runCli(
  args: readonly string[],
  { env, dataDir, input }: ServerOptions & { readonly input?: string } = {},
) {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'signalbox-')));
  const { process: child, ended, stdoutLines, log } = startProgram(args, { DATA_DIR: folder, ...env }, input);
  const late = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  const code = await ended;
  clearTimeout(late);
  if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
  return { code, output: stdoutLines.join('\n'), complaint: log.join('\n') };
}

/** For `startProgram`: its standard output is a pipe that this command of the shell reads, whose own output goes to standard error. */
export const intoPipe = (reader: string) => ['bash', '--norc', '-c', `exec "$0" "$@" > >(${reader} >&2)`];

/**
 * Starts a command of the program, which ends with the tests at the latest.
 * @param through a program, with its first arguments, that is given the command and becomes it
 */
export function startProgram(
  args: readonly string[],
  env: ServerOptions['env'],
  input?: string,
  through: readonly string[] = [],
): ServerProcess {
  const [program = '', ...rest] = [...through, process.execPath, ...FLAGS, 'src/main.mjs', ...args];
  const child = spawn(program, rest, {
    cwd: root,
    env: { PATH: process.env.PATH, PORT: '0', JWT_SECRET: SECRET, ...env },
    stdio: 'pipe',
  });
  child.stdin.end(input);
  // Nothing that a test starts outlives it. Vitest ends its workers by SIGTERM.
  const kill = () => child.kill('SIGKILL');
  const onExit = (listen: 'once' | 'off') => {
    for (const event of ['exit', 'SIGTERM']) process[listen](event, kill);
  };
  onExit('once');
  const stdoutLines: string[] = [];
  const log: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => stdoutLines.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const ended = new Promise<number | string>((done) => {
    child.once('close', (code, signal) => {
      onExit('off');
      done(code ?? signal ?? 'gone');
    });
  });
  return { process: child, stdoutLines, log, ended };
}

/** The URL of a server, from its banner. */
async function addressOf({ process: child, stdoutLines, log, ended }: ServerProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const fail = (problem: string) => reject(new Error(`the server ${problem}:\n${[...stdoutLines, ...log].join('\n')}`));
  const readBanner = () => {
    const [, url] = /^ +API +(http:\/\/\S+)\/graphql$/m.exec(stdoutLines.join('\n')) ?? [];
    if (url !== undefined) resolve(url);
  };
  const late = setTimeout(() => fail(`did not start within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
  child.stdout?.on('data', () => setImmediate(readBanner));
  ended.then((code) => fail(`ended with ${code}`));
  return promise.finally(() => clearTimeout(late));
}

/** A token that a test server accepts; its subject is the user name. */
export function tokenFor(
  username: string,
  claims: {
    readonly roles: readonly string[];
    readonly tenant?: string;
    readonly expiresIn?: string;
    readonly daysAgo?: number;
    /** As of a sign-in now, so that it can be renewed. */
    readonly isOfSignIn?: boolean;
  },
): Promise<string> {
  const { roles, tenant, expiresIn = '10m', daysAgo = 0, isOfSignIn = false } = claims;
  return new SignJWT({
    username,
    roles,
    ...(tenant && { tenant }),
    ...(isOfSignIn && { signed_in: Date.now() / 1000 }),
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(username)
    .setIssuedAt(new Date(Date.now() - daysAgo * 86_400_000))
    .setExpirationTime(expiresIn)
    .sign(new TextEncoder().encode(SECRET));
}
