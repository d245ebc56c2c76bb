import type { Readable } from 'node:stream';
import type { LogLevel } from '../../core/event.ts';

const MAX_LINES = 1_000;
const MAX_LINE_CHARS = 4_000;

/**
 * Turns a program's stream into log lines. Long lines are cut; lines after the first thousand are dropped.
 * @returns a function that gives the end of the output, for a message about why the program failed
 */
export function forwardLogLines(
  from: Readable,
  log: (level: LogLevel, text: string) => void,
  level: LogLevel,
): () => string {
  const decoder = new TextDecoder();
  let rest = '';
  let lines = 0;
  let tail = '';

  const logLine = (line: string) => {
    if (line.trim() === '') return;
    lines += 1;
    if (lines <= MAX_LINES) log(level, line.length > MAX_LINE_CHARS ? `${line.slice(0, MAX_LINE_CHARS)}…` : line);
    if (lines === MAX_LINES) log('WARN', `The output has more than ${MAX_LINES} lines; the rest is not logged.`);
  };
  const append = (text: string) => {
    tail = (tail + text).slice(-MAX_LINE_CHARS);
    const parts = (rest + text).split(/\r?\n/);
    rest = parts.pop() ?? '';
    for (const part of parts) logLine(part);
    // A line that never ends must not be kept whole.
    if (rest.length <= MAX_LINE_CHARS) return;
    logLine(rest);
    rest = '';
  };
  from.on('data', (chunk: Buffer) => append(decoder.decode(chunk, { stream: true })));
  from.once('end', () => append(`${decoder.decode()}\n`));
  from.on('error', () => {});
  return () => tail.trim();
}
