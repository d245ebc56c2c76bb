import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../../../test/support/server.ts';
import { signedIn } from './signed-in.ts';

let server: Server;
let alice: Awaited<ReturnType<typeof signedIn>>;

beforeAll(async () => {
  server = await startServer({ env: { NODE_ENV: 'development' } });
  alice = await signedIn(server);
});

afterAll(async () => {
  await server?.stop();
});

const CSV = 'data:text/csv,name;n%0Aa;1%0A';

describe('command', () => {
  it('writes the result of a command on a URI, with options of each kind', async () => {
    const json = await alice.signalbox([
      'command',
      'convertToJson',
      CSV,
      '--mode',
      'CSV',
      '--delimiter',
      ';',
      '--numbers',
      'n',
    ]);
    expect([json.code, json.complaint]).toEqual([0, '']);
    expect(JSON.parse(json.output).rows).toEqual([{ name: 'a', n: 1 }]);
    const flag = await alice.signalbox(['command', 'convertToJson', CSV, '--mode=CSV', '--delimiter=;', '--no-header']);
    expect(JSON.parse(flag.output).rows).toHaveLength(2);
    const data = await alice.signalbox([
      'command',
      'convertToCsv',
      '--data',
      '[{"a": 1, "b": 2}]',
      '--fields',
      'b',
      '--fields',
      'a',
    ]);
    expect(data.output).toBe('b,a\n2,1');
  });

  it('reads its source from standard input, and writes the bytes as they are', async () => {
    const text = 'wide \u001b[2J äöü';
    expect(await alice.signalbox(['command', 'fetch', '-'], text)).toEqual({ code: 0, output: text, complaint: '' });
  });

  it('prints where the result is with -o', async () => {
    const { code, output } = await alice.signalbox(['command', 'fetch', CSV, '-o', 'jsonl']);
    expect([code, JSON.parse(output)]).toEqual([
      0,
      expect.objectContaining({
        id: expect.stringMatching(/^run_/),
        mediaType: expect.stringContaining('text/csv'),
        size: 11,
      }),
    ]);
  });

  it('lists the commands, and prints how one is called by its schema', async () => {
    const { output } = await alice.signalbox(['command', '-o', 'id']);
    expect(output.split('\n')).toContain('convertToJson');
    for (const flag of ['--help', '-h']) {
      const { code, output: help, complaint } = await alice.signalbox(['command', 'convertToJson', flag]);
      expect([code, complaint]).toEqual([0, '']);
      expect(help).toMatch(/^Usage: signalbox command convertToJson \[options\] <uri>$/m);
      expect(help).toMatch(
        /^ {2}--mode <text> [^-]+\(choices: "AUTO", "CSV", "JSON", "XML", "LINES",\s+default: "AUTO"\)$/m,
      );
      expect(help).toMatch(/^ {2}--no-header +Switches this off: The first record/m);
      expect(help).toMatch(/^ {2}-o, --output <form> /m);
    }
    expect((await alice.signalbox(['command', '-h'])).output).toMatch(
      /^Usage: signalbox command \[options\] \[command\]/,
    );
  });

  it.each([
    ['an unknown command', ['fetsch', CSV], 2, 'Name one of fetch'],
    ['an unknown option', ['fetch', CSV, '--mode', 'CSV'], 2, 'Options of fetch: --source'],
    ['a source that is no URI', ['fetch', 'data.csv'], 2, 'not a URI'],
    ['two sources', ['fetch', CSV, CSV], 2, 'one source'],
    ['an option that does not fit', ['convertToJson', CSV, '--mode', 'XLS'], 1, 'BAD_INPUT'],
    ['a command that failed', ['convertToJson', 'data:application/json,{', '--mode', 'JSON'], 1, 'run_'],
    ['a resource that the policy forbids', ['fetch', 'http://127.0.0.1:9/'], 3, 'FORBIDDEN'],
  ])('says what to do about %s', async (_, args, code, words) => {
    const result = await alice.signalbox(['command', ...args]);
    expect([result.code, result.output, result.complaint]).toEqual([code, '', expect.stringContaining(words)]);
  });
});
