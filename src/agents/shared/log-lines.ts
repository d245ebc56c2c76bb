import type { Readable } from 'node:stream';
import type { LogLevel } from '../../core/event.ts';

const MAX_LINES = 1_000;
const MAX_LINE_CHARS = 4_000;

/**
 * Turns what a program says on a stream into log lines: each line is cut, and past a thousand they are only counted.
 * @returns the newest text, for a message that tells why the program failed
 */
export function forwardLogLines(
  from: Readable,
  log: (level: LogLevel, text: string) => void,
  level: LogLevel,
): () => string {
  const decoder = new TextDecoder();
  let rest = '';
  let lines = 0;
  let newest = '';

  const tell = (line: string) => {
    if (line.trim() === '') return;
    lines += 1;
    if (lines <= MAX_LINES) log(level, line.length > MAX_LINE_CHARS ? `${line.slice(0, MAX_LINE_CHARS)}…` : line);
    if (lines === MAX_LINES) log('WARN', `More than ${MAX_LINES} lines: the others are left out.`);
  };
  const take = (text: string) => {
    newest = (newest + text).slice(-MAX_LINE_CHARS);
    const parts = (rest + text).split(/\r?\n/);
    rest = parts.pop() ?? '';
    for (const part of parts) tell(part);
    // A line without end must not be kept whole.
    if (rest.length <= MAX_LINE_CHARS) return;
    tell(rest);
    rest = '';
  };
  from.on('data', (chunk: Buffer) => take(decoder.decode(chunk, { stream: true })));
  from.once('end', () => take(`${decoder.decode()}\n`));
  from.on('error', () => {});
  return () => newest.trim();
}
