import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { forwardLogLines } from './log-lines.ts';

async function forward(chunks: readonly string[]) {
  const stream = new PassThrough();
  const lines: string[] = [];
  const tail = forwardLogLines(stream, (_, text) => lines.push(text), 'INFO');
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once('close', resolve));
  return { lines, tail: tail() };
}

describe('log lines of a program', () => {
  it('are whole, however they arrive', async () => {
    expect(await forward(['on', 'e\ntwo\r', '\n\n', 'th', 'ree'])).toEqual({
      lines: ['one', 'two', 'three'],
      tail: 'one\ntwo\r\n\nthree',
    });
  });

  it('are cut at their end, and no part of a line is a line', async () => {
    const long = 'x'.repeat(3_999);
    const { lines } = await forward([`${long}my-secret`, '-value', 'y'.repeat(9_000), '\nnext\n']);
    expect(lines).toEqual([`${long}m…`, 'next']);
  });

  it('end in a tail that begins with a whole line', async () => {
    const lines = Array.from({ length: 900 }, (_, n) => `line ${n}`);
    const { tail } = await forward([`${lines.join('\n')}\n`]);
    expect(lines).toContain(tail.split('\n')[0]);
    expect(tail).toMatch(/line 899$/);
    expect((await forward(['x'.repeat(9_000)])).tail).toBe('one line that is too long');
  });
});
