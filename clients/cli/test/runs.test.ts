import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../../../test/support/server.ts';
import { until } from '../../../test/support/until.ts';
import { signedIn } from './signed-in.ts';

let server: Server;
let alice: Awaited<ReturnType<typeof signedIn>>;
let naps: readonly string[];
let broken: string;

const NAP = 'name: nap\nlabels: { team: sales }\nsteps:\n  - { id: nap, kind: sleep, input: { ms: 1 } }\n';
const BROKEN =
  'name: broken\ngoal_template: "Check\\e[2J the suppliers"\nsteps:\n  - { id: bad, kind: transform, input: { expression: "$assert(false, \\"No.\\")" } }\n';

beforeAll(async () => {
  server = await startServer({ env: { NODE_ENV: 'development' } });
  alice = await signedIn(server);
  naps = [await alice.start(NAP), await alice.start(NAP)].toReversed();
  broken = await alice.start(BROKEN);
  for (const id of [...naps, broken]) {
    await until(`${id} has ended`, async () => /SUCCEEDED|FAILED/.test((await alice.run(id)).state));
  }
});

afterAll(async () => {
  await server?.stop();
});

/** The IDs that a command line lists. */
async function listed(...args: string[]): Promise<string[]> {
  const { code, output, complaint } = await alice.signalbox(['runs', '-o', 'id', ...args]);
  expect([code, complaint]).toEqual([0, expect.stringMatching(/^$|^There are more\. /)]);
  return output === '' ? [] : output.split('\n');
}

describe('runs', () => {
  it('are listed newest first, with whole IDs first in each form', async () => {
    expect(await listed()).toEqual([broken, ...naps]);
    const [first, ...others] = JSON.parse((await alice.signalbox(['runs', '-o', 'json'])).output);
    expect(first).toMatchObject({ id: broken, state: 'FAILED', kind: 'WORKFLOW', error: expect.any(String) });
    expect(others).toMatchObject(naps.map((id) => ({ id, workflow: 'nap', labels: { team: 'sales' }, error: null })));
    const lines = (await alice.signalbox(['runs', '-o', 'jsonl'])).output.split('\n');
    expect(lines.map((line) => JSON.parse(line).id)).toEqual([broken, ...naps]);
    const table = (await alice.signalbox(['runs'])).output;
    expect(table.split('\n').map((line) => line.split(' ')[0])).toEqual(['ID', broken, ...naps]);
    expect(table).toMatch(/^ID +STATE +AGE +WORKFLOW +ERROR +GOAL\n\w+ +FAILED +\S+ +broken +[A-Z_]+ /);
    expect(table).not.toMatch(/[^\n\P{Cc}]/u);
  });

  it('are those that match all conditions', async () => {
    expect(await listed('--state', 'failed', 'timeout', '--workflow', 'broken', '--since', '7d')).toEqual([broken]);
    expect(await listed('--label', 'team=sales', '--kind', 'WORKFLOW', '--roots')).toEqual(naps);
    expect(await listed('--q', 'suppliers')).toEqual([broken]);
    expect(await listed('--text', broken)).toEqual([broken]);
    const [{ error }] = JSON.parse((await alice.signalbox(['runs', '--state', 'FAILED', '-o', 'json'])).output);
    expect(await listed('--error', error.toLowerCase())).toEqual([broken]);
    for (const none of [
      ['--until', '1d'],
      ['--since', '2999-01-01'],
      ['--principal', 'bob'],
      ['--longer-than', '1h'],
      ['--schedule', 'nap'],
      ['--rerun-of', broken],
      ['--label', 'team=sales', 'region=eu'],
    ])
      expect(await listed(...none)).toEqual([]);
  });

  it('are as many as --limit says, over several pages', async () => {
    expect(await listed('--limit', '2')).toEqual([broken, naps[0]]);
    const yaml = 'name: many\nsteps:\n  - { id: nap, kind: sleep, input: { ms: 1 } }\n';
    const start = 'mutation ($yaml: String!) { startRun(input: { source: { yaml: $yaml } }) { ... on Run { id } } }';
    const ids: string[] = [];
    for (let count = 0; count < 102; count += 1) ids.push((await alice.query(start, { yaml })).startRun.id);
    expect(await listed('--workflow', 'many', '--limit', '101')).toEqual(ids.toReversed().slice(0, 101));
    expect(await listed('--workflow', 'many', '--limit', '1000')).toEqual(ids.toReversed());
    expect(await listed('--workflow', 'many')).toEqual(ids.toReversed().slice(0, 20));
  });

  it('are shown, several at once and from standard input, with what their steps failed at', async () => {
    const shown = await alice.signalbox(['show', '-'], `${broken}\n${naps[0]}\n`);
    expect([shown.code, shown.complaint]).toEqual([0, '']);
    expect(shown.output).toMatch(new RegExp(`^x ${broken} .*\\n'- x bad .*No\\.\\nok ${naps[0]} `));
    const rows = JSON.parse((await alice.signalbox(['show', broken, naps[0] ?? '', '-o', 'json'])).output);
    expect(rows).toMatchObject([{ id: broken, steps: [{ key: 'bad' }] }, { id: naps[0] }]);
    const watched = await alice.signalbox(['show', ...naps, '--watch']);
    expect([watched.code, watched.complaint]).toEqual([2, expect.stringContaining('one run')]);
  });

  it('are exported as JSON: with their place in the signed tree, which is waited for, once they have ended', async () => {
    const ended = await alice.start(NAP);
    await until('it has ended', async () => (await alice.run(ended)).state === 'SUCCEEDED');
    const { code, output, complaint } = await alice.signalbox(['export', ended]);
    expect([code, complaint]).toEqual([0, '']);
    expect(JSON.parse(output)).toMatchObject({ runId: ended, inclusion: { checkpoint: expect.any(String) } });
    const waiting = await alice.start(NAP.replace('ms: 1 ', 'ms: 600000 '));
    const early = await alice.signalbox(['export', waiting]);
    expect([early.code, early.complaint]).toEqual([0, expect.stringContaining('has not ended')]);
    expect(JSON.parse(early.output)).not.toHaveProperty('inclusion');
    await alice.signalbox(['cancel', waiting]);
    const missing = await alice.signalbox(['export', 'run_1']);
    expect([missing.code, missing.complaint]).toEqual([1, expect.stringContaining('signalbox runs')]);
  });

  it.each([
    [['--state', 'broken'], '--state cannot be broken'],
    [['--since', 'yesterday'], '7d'],
    [['--longer-than', 'long'], '5m'],
    [['--label', 'team'], 'NAME=VALUE'],
    [['--limit', '0'], 'from 1'],
    [['--since', ''], '7d'],
  ])('say what an option requires: %j', async (args, words) => {
    const { code, output, complaint } = await alice.signalbox(['runs', ...args]);
    expect([code, output, complaint]).toEqual([2, '', expect.stringContaining(words)]);
  });
});
