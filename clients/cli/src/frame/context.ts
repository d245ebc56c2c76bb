import { type Client, createClient } from '../../../sdk/src/index.ts';
import { type Profile, readProfile } from '../connection/profile.ts';
import { formatRows, type OutputForm, type Row } from '../output/format-rows.ts';
import { sanitize } from '../output/sanitize.ts';
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
  /** Writes data to standard output, in the form that was asked for. */
  print(rows: readonly Row[]): void;
  /** Writes a line for people to standard error. */
  note(text: string): void;
}

function columnsOf({ stdout, isTty }: Io): number {
  return isTty(stdout) && 'columns' in stdout && typeof stdout.columns === 'number' && stdout.columns > 0
    ? stdout.columns
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
      return columnsOf(io);
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
    print: (rows) => void io.stdout.write(formatRows(rows, options.output, columnsOf(io))),
    note: (text) => void io.stderr.write(`${sanitize(text)}\n`),
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
