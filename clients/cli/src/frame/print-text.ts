import { sanitize } from '../output/sanitize.ts';
import type { Context } from './context.ts';

/** Writes text of a server to standard output: exact in a pipe or a file, without control characters on a terminal. Waits for the reader. */
export function printText({ io, write }: Context, text: string): Promise<void> {
  const lines = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return write(io.isTty(io.stdout) ? sanitize(lines.replaceAll('\r\n', '\n')) : lines);
}
