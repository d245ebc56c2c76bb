import type { Readable, Writable } from 'node:stream';

/** The streams of a command line. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  isTty(stream: Readable | Writable): boolean;
}

/** The streams of this process. */
export function processIo(): Io {
  const { stdin, stdout, stderr } = process;
  return { stdin, stdout, stderr, isTty: (stream) => 'isTTY' in stream && stream.isTTY === true };
}
