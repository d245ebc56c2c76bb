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

const NAP = 'name: nap\nsteps:\n  - { id: nap, kind: sleep, input: { ms: 600000 } }\n';
const GO = 'name: go\nsteps:\n  - { id: go, kind: signal, input: { name: go } }\n';
const AGREE = (count: number) =>
  ['name: agree', 'steps:']
    .concat(Array.from({ length: count }, (_, i) => `  - { id: agree${i}, kind: approval, input: { reason: "Go?" } }`))
    .join('\n');
const BROKEN =
  'name: broken\nsteps:\n  - { id: good, kind: transform, input: { expression: "1" } }\n  - { id: bad, kind: transform, input: { expression: "$assert(false, \\"No.\\")" } }\n';
const stateOf = async (id: string) => (await alice.run(id)).state;

describe('cancel', () => {
  it('stops the runs of its arguments and of standard input, also after one that is refused', async () => {
    const [first, second, third] = [await alice.start(NAP), await alice.start(NAP), await alice.start(NAP)];
    const one = await alice.signalbox(['cancel', first, '--reason', 'Not needed.', '-o', 'id']);
    expect(one).toEqual({ code: 0, output: first, complaint: '' });
    const more = await alice.signalbox(['cancel', '-', '-o', 'id'], `${first}\n${second}\n\n${third}\n`);
    expect([more.code, more.output]).toEqual([1, `${second}\n${third}`]);
    expect(more.complaint).toMatch(`${first}: CONFLICT`);
    for (const id of [first, second, third]) await expect.poll(() => stateOf(id)).toBe('CANCELLED');
  });

  it('does nothing when standard input has no ID, and checks each ID before it stops a run', async () => {
    expect(await alice.signalbox(['cancel', '-'], '')).toEqual({ code: 0, output: '', complaint: '' });
    const id = await alice.start(NAP);
    const table = await alice.signalbox(['cancel', '-'], `${id}\nrun_1  nap\n`);
    expect([table.code, table.output, table.complaint]).toEqual([2, '', expect.stringContaining('-o id')]);
    expect(await stateOf(id)).toBe('WAITING');
    await alice.signalbox(['cancel', id]);
  });
});

describe('retry', () => {
  it('continues a run at its failed steps, or at the named one', async () => {
    const id = await alice.start(BROKEN);
    await expect.poll(() => stateOf(id)).toBe('FAILED');
    const attempt = async () => (await alice.run(id)).steps.find(({ key }: { key: string }) => key === 'bad').attempt;
    expect((await alice.signalbox(['retry', id, '-o', 'id'])).output).toBe(id);
    await expect.poll(async () => [await stateOf(id), await attempt()]).toEqual(['FAILED', 2]);
    expect((await alice.signalbox(['retry', id, '--step', 'bad'])).code).toBe(0);
    await expect.poll(async () => [await stateOf(id), await attempt()]).toEqual(['FAILED', 3]);
    const wrong = await alice.signalbox(['retry', id, '--step', 'good']);
    expect([wrong.code, wrong.complaint]).toEqual([1, expect.stringContaining('only a failed step can be retried')]);
  });

  it('says that no step failed', async () => {
    const id = await alice.start('name: ok\nsteps:\n  - { id: ok, kind: transform, input: { expression: "1" } }\n');
    await expect.poll(() => stateOf(id)).toBe('SUCCEEDED');
    const { code, complaint } = await alice.signalbox(['retry', id]);
    expect([code, complaint]).toEqual([1, expect.stringContaining('no step of it failed')]);
  });
});

describe('approve and reject', () => {
  it('decide the approval of a run, with a comment', async () => {
    const id = await alice.start(AGREE(1));
    await expect.poll(() => stateOf(id)).toBe('WAITING');
    const { code, output } = await alice.signalbox(['approve', id, '--comment', 'Fine.', '-o', 'jsonl']);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ state: 'APPROVED', run: id, step: 'agree0', comment: 'Fine.' });
    await expect.poll(() => stateOf(id)).toBe('SUCCEEDED');
    const again = await alice.signalbox(['approve', id]);
    expect([again.code, again.complaint]).toEqual([1, expect.stringContaining('no open approval')]);
  });

  it('want the ID of an approval where a run has several', async () => {
    const id = await alice.start(AGREE(2));
    await expect.poll(() => stateOf(id)).toBe('WAITING');
    const several = await alice.signalbox(['reject', id]);
    const ids = several.complaint.match(/apr_\w+/g) ?? [];
    expect([several.code, ids.length]).toEqual([2, 2]);
    const one = await alice.signalbox(['reject', ids[0] ?? '', '-o', 'id']);
    expect([one.code, one.output]).toEqual([0, ids[0]]);
  });
});

describe('signal', () => {
  it('sends JSON from an argument or standard input to a step that waits for it', async () => {
    const runs = [
      { args: ['{"n":1}'], input: undefined, payload: { n: 1 } },
      { args: ['-'], input: '[2]\n', payload: [2] },
      { args: [], input: undefined, payload: null },
    ];
    for (const { args, input, payload } of runs) {
      const id = await alice.start(GO);
      const { code, complaint } = await alice.signalbox(['signal', id, 'go', ...args], input);
      expect([code, complaint]).toEqual([0, '']);
      await expect.poll(() => stateOf(id)).toBe('SUCCEEDED');
      expect((await alice.run(id)).output).toEqual(payload);
    }
  });

  it('refuses a payload that is no JSON, and a signal that no step waits for', async () => {
    const id = await alice.start(GO);
    const text = await alice.signalbox(['signal', id, 'go', 'now']);
    expect([text.code, text.complaint]).toEqual([2, expect.stringContaining('not JSON')]);
    const other = await alice.signalbox(['signal', id, 'gone']);
    expect([other.code, other.complaint]).toEqual([1, expect.stringContaining('wait for go')]);
  });
});
