import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../../../test/support/server.ts';
import { signedIn } from './signed-in.ts';

let server: Server;
let alice: Awaited<ReturnType<typeof signedIn>>;

beforeAll(async () => {
  server = await startServer({ env: { NODE_ENV: 'development', ALLOW_UNSANDBOXED_EXEC: 'true' } });
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

describe('rerun', () => {
  const TIMES =
    'name: times\ninputs: { a: integer, b: integer }\nsteps:\n  - { id: sum, kind: transform, input: { data: { a: "{{ a }}", b: "{{ b }}" }, expression: "a * b" } }\n';
  const outputOf = async (id: string) => {
    await expect.poll(() => stateOf(id)).toBe('SUCCEEDED');
    return (await alice.run(id)).output;
  };

  it('starts a document again, with its inputs and those that replace them', async () => {
    const first = await alice.signalbox(['run', '-', '--input', 'a=2', 'b=3', '-o', 'id'], TIMES);
    expect(await outputOf(first.output)).toBe(6);
    const same = await alice.signalbox(['rerun', first.output, '-o', 'id']);
    expect([same.code, same.output === first.output, await outputOf(same.output)]).toEqual([0, false, 6]);
    const other = await alice.signalbox(['rerun', first.output, '--input', 'b=5', '-o', 'id']);
    expect(await outputOf(other.output)).toBe(10);
    const from = await alice.signalbox(['rerun', first.output, '--from', 'sum', '--input', 'a=4', '-o', 'id']);
    expect(await outputOf(from.output)).toBe(12);
  });

  it('starts the version of a saved workflow that the run had, also after a newer one was saved', async () => {
    const save = (text: string) =>
      alice.query(
        'mutation ($text: String!) { saveWorkflow(input: { source: { yaml: $text } }) { ... on Workflow { version } } }',
        { text },
      );
    await save(TIMES);
    const { output: id } = await alice.signalbox(['run', 'times', '--input', 'a=2', 'b=3', '-o', 'id']);
    const saved = await alice.signalbox(['rerun', id, '-o', 'id']);
    expect(await outputOf(saved.output)).toBe(6);
    await save(TIMES.replace('a * b', 'a + b'));
    const older = await alice.signalbox(['rerun', id, '-o', 'id']);
    expect(await outputOf(older.output)).toBe(6);
  });

  it('follows the new run with --watch', async () => {
    const { output: id } = await alice.signalbox(['run', '-', '--input', 'a=2', 'b=3', '-o', 'id'], TIMES);
    await outputOf(id);
    const { code, output } = await alice.signalbox(['rerun', id, '--watch', '--progress', 'none', '-o', 'jsonl']);
    expect([code, JSON.parse(output)]).toEqual([0, expect.objectContaining({ state: 'SUCCEEDED' })]);
  });
});

describe('agent', () => {
  const YAML = 'role: Counter\ngoal: Count.\nbackend: bash_cli\nbackend_config: { command_template: echo 3 }\n';

  it('runs an agent file from a file, standard input and a URL', async () => {
    const uri = `data:text/plain,${encodeURIComponent(YAML)}`;
    for (const file of ['examples/agents/count-words.json', '-', uri]) {
      const { code, output, complaint } = await alice.signalbox(['agent', file, '-o', 'id'], YAML);
      expect([code, complaint]).toEqual([0, '']);
      await expect.poll(() => stateOf(output)).toBe('SUCCEEDED');
      const again = await alice.signalbox(['rerun', output]);
      expect([again.code, again.complaint]).toEqual([2, expect.stringContaining('--from')]);
    }
  });

  it('refuses what is neither YAML nor JSON, and says what an agent file lacks', async () => {
    const text = await alice.signalbox(['agent', '-'], '{');
    expect([text.code, text.complaint]).toEqual([2, expect.stringContaining('neither YAML nor JSON')]);
    const lacking = await alice.signalbox(['agent', '-'], 'role: Counter');
    expect([lacking.code, lacking.complaint]).toEqual([1, expect.stringContaining('goal')]);
  });
});
