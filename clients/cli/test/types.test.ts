import { readFile } from 'node:fs/promises';
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
  for (const name of ['nightly', 'hourly']) {
    const yaml = `name: ${name}\ninputs: { ms: integer }\noutputs: { slept: "{{ ms }}" }\nsteps:\n  - { id: nap, kind: sleep, input: { ms: "{{ ms }}" } }\n`;
    const save =
      'mutation ($yaml: String!) { saveWorkflow(input: { source: { yaml: $yaml } }) { ... on Workflow { name } ... on Refusal { message } } }';
    expect((await alice.query(save, { yaml })).saveWorkflow).toEqual({ name });
  }
});

afterAll(async () => {
  await server?.stop();
});

describe('types', () => {
  it('declares the saved workflows, or the named ones', async () => {
    const all = await alice.signalbox(['types']);
    expect([all.code, all.complaint]).toEqual([0, '']);
    expect(all.output).toMatch(/declare module '@signalbox\/sdk'.*hourly: \{.*nightly: \{/s);
    expect(all.output).toMatch(/inputs: \{ readonly ms: number/);
    expect(all.output).toContain('outputs: { readonly slept: unknown }');
    const one = await alice.signalbox(['types', 'nightly']);
    expect(one.output).toContain('nightly: {');
    expect(one.output).not.toContain('hourly');
  });

  it('writes them to a file, and prints the workflows', async () => {
    await using folder = await createTempFolder();
    const out = join(folder.path, 'workflows.d.ts');
    const { code, output } = await alice.signalbox(['types', 'nightly', '--out', out, '-o', 'json']);
    expect([code, JSON.parse(output)]).toEqual([0, [{ id: 'nightly', version: 1 }]]);
    expect((await readFile(out, 'utf8')).trimEnd()).toBe((await alice.signalbox(['types', 'nightly'])).output);
  });

  it('says what is wrong with its arguments', async () => {
    const unknown = await alice.signalbox(['types', 'nowhere']);
    expect([unknown.code, unknown.output, unknown.complaint]).toEqual([1, '', expect.stringContaining('nowhere')]);
    const form = await alice.signalbox(['types', '-o', 'json']);
    expect([form.code, form.output, form.complaint]).toEqual([2, '', expect.stringContaining('--out FILE')]);
    const unwritable = await alice.signalbox(['types', '--out', '/nonexistent/a.d.ts']);
    expect([unwritable.code, unwritable.output]).toEqual([2, '']);
  });
});
