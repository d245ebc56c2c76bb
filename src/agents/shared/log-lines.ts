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
  /** The rest of the line is dropped: logged as another line, it could begin in the middle of a secret. */
  let isCut = false;
  let lines = 0;
  let tail = '';
  let isTailCut = false;

  const logLine = (line: string) => {
    if (line.trim() === '') return;
    lines += 1;
    if (lines <= MAX_LINES) log(level, line.length > MAX_LINE_CHARS ? `${line.slice(0, MAX_LINE_CHARS)}…` : line);
    if (lines === MAX_LINES) log('WARN', `The output has more than ${MAX_LINES} lines; the rest is not logged.`);
  };
  const append = (text: string) => {
    tail += text;
    isTailCut ||= tail.length > MAX_LINE_CHARS;
    tail = tail.slice(-MAX_LINE_CHARS);
    const parts = (rest + text).split(/\r?\n/);
    rest = parts.pop() ?? '';
    for (const part of parts) {
      if (!isCut) logLine(part);
      isCut = false;
    }
    // A line that never ends must not be kept whole.
    if (rest.length <= MAX_LINE_CHARS) return;
    if (!isCut) logLine(rest);
    isCut = true;
    rest = '';
  };
  from.on('data', (chunk: Buffer) => append(decoder.decode(chunk, { stream: true })));
  from.once('end', () => append(`${decoder.decode()}\n`));
  from.on('error', () => {});
  return () => (isTailCut ? withoutFirstLine(tail) : tail).trim();
}

/** The first line is only the end of one, so it could begin in the middle of a secret. */
function withoutFirstLine(text: string): string {
  const end = text.trimEnd().indexOf('\n');
  return end < 0 ? 'one line that is too long' : text.slice(end + 1);
}
