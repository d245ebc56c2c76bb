import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../../../test/support/server.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
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

const nap = (name: string, ms: number) => `name: ${name}\nsteps:\n  - { id: nap, kind: sleep, input: { ms: ${ms} } }\n`;
const workflows = (args: readonly string[], input?: string) => alice.signalbox(['workflows', ...args], input);
const save = (name: string, ms: number, ...args: string[]) => workflows(['save', '-', ...args], nap(name, ms));

describe('workflows', () => {
  it('saves versions from a file, a URL and standard input, lists, shows and deletes them', async () => {
    await using folder = await createTempFolder();
    const file = join(folder.path, 'nightly.yaml');
    await writeFile(file, nap('nightly', 1));
    for (const [document, version] of [
      [file, 1],
      [`data:text/plain,${encodeURIComponent(nap('nightly', 2))}`, 2],
      ['-', 3],
    ] as const) {
      const saved = await workflows(['save', document, '-o', 'jsonl'], nap('nightly', 3));
      expect(JSON.parse(saved.output)).toMatchObject({ id: 'nightly', version, savedBy: 'alice' });
    }
    const stale = await save('nightly', 4, '--if-version', '2');
    expect([stale.code, stale.output, stale.complaint]).toEqual([1, '', expect.stringContaining('CONFLICT')]);
    await save('hourly', 1);
    expect((await workflows(['list', '-o', 'id'])).output).toBe('hourly\nnightly');
    expect((await workflows(['-o', 'id', '--limit', '1'])).output).toBe('hourly');
    expect((await workflows(['show', 'nightly', '--version', '1'])).output).toBe(nap('nightly', 1).trimEnd());
    const [shown] = JSON.parse((await workflows(['show', 'nightly', '-o', 'json'])).output);
    expect(shown).toMatchObject({ id: 'nightly', version: 3, yaml: nap('nightly', 3) });
    const deleted = await workflows(['delete', 'hourly', 'nowhere', '-o', 'id']);
    expect([deleted.code, deleted.output]).toEqual([1, 'hourly']);
    expect((await workflows(['-o', 'id'])).output).toBe('nightly');
    const missing = await workflows(['show', 'hourly']);
    expect([missing.code, missing.complaint]).toEqual([1, expect.stringContaining('no saved workflow hourly')]);
  });

  it('compares two versions, or the newest one with a file', async () => {
    await save('daily', 1);
    await save('daily', 2);
    const body = (from: number, to: number) => [
      '@@ -1,3 +1,3 @@',
      ' name: daily',
      ' steps:',
      `-  - { id: nap, kind: sleep, input: { ms: ${from} } }`,
      `+  - { id: nap, kind: sleep, input: { ms: ${to} } }`,
    ];
    const versions = ['--- daily version 1', '+++ daily version 2', ...body(1, 2)];
    expect((await workflows(['diff', 'daily', '1', '2'])).output.split('\n')).toEqual(versions);
    expect((await workflows(['diff', 'daily', '1'])).output.split('\n')).toEqual(versions);
    const local = await workflows(['diff', 'daily', '-'], nap('daily', 7));
    expect(local.output.split('\n')).toEqual(['--- daily version 2', '+++ -', ...body(2, 7)]);
    expect(await workflows(['diff', 'daily', '-'], nap('daily', 2))).toEqual({ code: 0, output: '', complaint: '' });
    const [row] = JSON.parse((await workflows(['diff', 'daily', '1', '-o', 'json'])).output);
    expect(row).toMatchObject({ id: 'daily', from: 'daily version 1', to: 'daily version 2' });
    expect((await workflows(['diff', 'daily', '9'])).code).toBe(1);
  });

  it('says at which place a document is wrong, and exits with 1', async () => {
    const invalid = await workflows(['validate', '-', '-o', 'json'], `${nap('wrong', 1)}goal: none\n`);
    expect([invalid.code, invalid.complaint]).toEqual([1, '']);
    const [problem] = JSON.parse(invalid.output);
    expect(problem).toMatchObject({ id: '-:4:1', severity: 'ERROR', message: expect.stringContaining('goal') });
    const lines = await workflows(['validate', '-'], `${nap('wrong', 1)}goal: none\n`);
    expect([lines.code, lines.output]).toEqual([1, `-:4:1: ERROR ${problem.message}`]);
    const valid = await workflows(['validate', '-'], nap('right', 1));
    expect(valid).toEqual({ code: 0, output: '', complaint: '- is valid.' });
  });

  it.each([
    [['save', './missing.yaml'], './missing.yaml'],
    [['save', '-', '--if-version', 'new'], '--if-version'],
    [['show', 'nightly', '--version', 'old'], 'number from 1'],
    [['remove'], "unknown command 'remove'"],
  ])('says what is wrong with %j', async (args, words) => {
    const { code, output, complaint } = await workflows(args, nap('nightly', 1));
    expect([code, output, complaint]).toEqual([2, '', expect.stringContaining(words)]);
  });
});
