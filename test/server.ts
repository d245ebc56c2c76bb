import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { SignJWT } from 'jose';

const root = resolve(import.meta.dirname, '..');

/** Signs the tokens of every server that the tests start. */
const SECRET = 'a secret for tests, of more than 32 bytes';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came back
  readonly data: any;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came back
  readonly errors?: any[];
}

export interface Server {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** The lines of its log so far. */
  readonly log: readonly string[];
  query(document: string, variables?: unknown, token?: string): Promise<Answer>;
  /** Ends it and resolves with its exit code, or the signal's name. */
  stop(signal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | string>;
}

/** Starts the real server as a process of its own, on a port of its own, in a folder of its own unless told. */
export async function startServer(
  options: { readonly env?: Record<string, string>; readonly dataDir?: string } = {},
): Promise<Server> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'signalbox-')));
  const child = spawn(process.execPath, ['src/main.ts', 'serve'], {
    cwd: root,
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', JWT_SECRET: SECRET, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  const exited = new Promise<number | string>((done) => {
    child.once('exit', (code, signal) => done(code ?? signal ?? 'gone'));
  });
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const url = await new Promise<string>((done, fail) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line);
      const found = /API\s+(http:\/\/\S+)\/graphql/.exec(line);
      if (found) done(found[1] as string);
    });
    exited.then((code) => fail(new Error(`the server ended with ${code}:\n${log.join('\n')}`)));
  });

  return {
    url,
    dataDir,
    process: child,
    log,
    async query(document, variables, token) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query: document, variables }),
      });
      return { status: response.status, ...((await response.json()) as { data: unknown; errors?: [] }) };
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const code = await exited;
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
      return code;
    },
  };
}

/** A token that a test server takes. */
export function tokenFor(
  username: string,
  claims: { readonly roles: readonly string[]; readonly tenant?: string; readonly expiresIn?: string },
): Promise<string> {
  const { roles, tenant, expiresIn = '10m' } = claims;
  return new SignJWT({ username, roles, ...(tenant && { tenant }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(username)
    .setIssuedAt()
    .setExpirationTime(expiresIn)
    .sign(new TextEncoder().encode(SECRET));
}
