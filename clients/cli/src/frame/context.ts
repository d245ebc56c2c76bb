import type { Writable } from 'node:stream';
import { type Client, createClient } from '../../../sdk/src/index.ts';
import { type Profile, readProfile } from '../connection/profile.ts';
import { formatRows, type OutputForm, type Row } from '../output/format-rows.ts';
import { sanitize } from '../output/sanitize.ts';
import { wrap } from '../output/wrap.ts';
import type { Io } from './io.ts';

/** What the options in front of every verb say. */
export interface GlobalOptions {
  readonly output: OutputForm;
  readonly profile?: string;
  readonly url?: string;
}

/** What a verb works with. */
export interface Context {
  readonly io: Io;
  readonly env: NodeJS.ProcessEnv;
  readonly output: OutputForm;
  /** Columns of the terminal that gets the data; Infinity for a pipe or a file. */
  readonly columns: number;
  /** Aborts at ^C. */
  readonly signal: AbortSignal;
  /** @throws UsageError */
  profile(): Promise<Profile>;
  /** A client of the server of the profile, with its token. The same one each time. @throws UsageError */
  client(): Promise<Client>;
  /** Calls back when a stream of the client has lost its connection and will try again in so many milliseconds. */
  onInterrupted(listener: (error: Error, retryInMs: number) => void): void;
  /** Writes data to standard output, in the form that was asked for. Resolves when the reader has taken it. */
  print(rows: readonly Row[]): Promise<void>;
  /** Writes text for people to standard output, in lines that fit the terminal. */
  say(text: string): Promise<void>;
  /** Writes text to standard output, as it is. Resolves when the reader has taken it; rejects at ^C. */
  write(text: string | Uint8Array): Promise<void>;
  /** Writes a line for people to standard error. */
  note(text: string): void;
  /** Asks for a secret on a terminal, without showing it; otherwise it is standard input. @throws UsageError when it is empty */
  readSecret(question: string): Promise<string>;
}

/** Columns of a terminal; Infinity for a pipe or a file. */
export function columnsOf(stream: Writable, isTty: Io['isTty']): number {
  return isTty(stream) && 'columns' in stream && typeof stream.columns === 'number' && stream.columns > 0
    ? stream.columns
    : Number.POSITIVE_INFINITY;
}

/** @returns the context, and `close`, which ends its client */
export function createContext(io: Io, env: NodeJS.ProcessEnv, options: GlobalOptions, signal: AbortSignal) {
  let profile: Promise<Profile> | undefined;
  let client: Promise<Client> | undefined;
  const readOnce = () => {
    profile ??= readProfile(env, options);
    return profile;
  };
  let interrupted: Parameters<Context['onInterrupted']>[0] | undefined;
  const connect = async () => {
    const { url, token } = await readOnce();
    const onInterrupted = (error: Error, retryInMs: number) => interrupted?.(error, retryInMs);
    return createClient({ url, onInterrupted, ...(token !== undefined && { token }) });
  };
  const context: Context = {
    io,
    env,
    output: options.output,
    get columns() {
      return columnsOf(io.stdout, io.isTty);
    },
    signal,
    profile: readOnce,
    client() {
      client ??= connect();
      return client;
    },
    onInterrupted: (listener) => {
      interrupted = listener;
    },
    print: (rows) => context.write(formatRows(rows, options.output, context.columns)),
    say: (text) => context.write(`${wrap(sanitize(text), context.columns)}\n`),
    write: (text) => writeText(io.stdout, text, signal),
    readSecret: async (question) => (await import('./read-secret.ts')).readSecret(io, question, signal),
    note: (text) => void io.stderr.write(`${wrap(sanitize(text), columnsOf(io.stderr, io.isTty))}\n`),
  };
  return {
    context,
    close: () =>
      client?.then(
        (opened) => opened.close(),
        () => {},
      ),
  };
}

/** A stream that fails ends the process (main.ts). */
function writeText(stream: Writable, text: string | Uint8Array, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  stream.write(text, (error) => {
    if (!error) resolve();
  });
  return promise.finally(() => signal.removeEventListener('abort', abort));
}
