import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { callRuff } from './call-ruff.ts';
import type { RuffReport } from './run-ruff.ts';

const { signal } = new AbortController();
const user = { subject: 'u', username: 'ada', tenant: 'default', roles: [] };
const check = (text: string) => callRuff({ files: [{ path: 'a.py', text }], fix: false }, { user, signal });
const fix = (text: string): Promise<RuffReport> =>
  callRuff({ files: [{ path: 'a/b.py', text }], fix: true }, { user, signal });

/** Ruff processes that are children of this process. */
async function children(): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const [stat, words] = await Promise.all(
        ['stat', 'cmdline'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
      );
      return { parent: Number(stat?.slice(stat.lastIndexOf(')') + 4).split(' ')[0]), words: words ?? '' };
    }),
  );
  return lines.filter(({ parent, words }) => parent === process.pid && words.includes('ruff-child')).length;
}

describe('ruff', () => {
  it('fixes imports and formats', async () => {
    const { files, findings } = await fix('import os\nimport sys, json\ndef f( x ):\n  return json.dumps(x)+f"!"\n');
    expect(files[0]?.text).toBe('import json\n\n\ndef f(x):\n    return json.dumps(x) + "!"\n');
    expect(findings).toEqual([]);
  });

  it('does not apply fixes that change the meaning, and reports their position', async () => {
    const { files, findings } = await fix('def f():\n    x = g()\n');
    expect(files[0]?.text).toBe('def f():\n    x = g()\n');
    expect(findings).toMatchObject([
      { path: 'a/b.py', line: 2, column: 5, code: 'F841' },
      { path: 'a/b.py', line: 2, column: 9, code: 'F821' },
    ]);
  });

  it('does not change files that are not valid Python', async () => {
    const { files, findings } = await fix('def f(:\n');
    expect(files[0]?.text).toBe('def f(:\n');
    expect(findings[0]).toMatchObject({ line: 1, code: 'invalid-syntax' });
  });

  it('counts columns in UTF-16 units, like editors', async () => {
    const { findings } = await check('x = "\u{1f682}"; y = z\n');
    expect(findings).toContainEqual(expect.objectContaining({ code: 'F821', column: 15 }));
  });

  it('reports files that are too large', async () => {
    await expect(check(`x = ${'['.repeat(1_000_000)}`)).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
  });

  it('ends with the step, and so do calls that wait for a slot', async () => {
    const stop = new AbortController();
    const files = [{ path: 'a.py', text: 'def f(a, b):\n    return {a:b}\n'.repeat(50_000) }];
    const calls = Array.from({ length: 5 }, () => callRuff({ files, fix: true }, { user, signal: stop.signal }));
    const settled = Promise.allSettled(calls);
    await expect.poll(children).toBe(1);
    // One user leaves a slot for others.
    const other = { user: { ...user, subject: 'other' }, signal };
    expect(
      (await callRuff({ files: [{ path: 'a.py', text: 'import os\n' }], fix: false }, other)).findings,
    ).toHaveLength(1);
    stop.abort();
    for (const one of await settled) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'CANCELLED' } });
    await expect.poll(children).toBe(0);
    // The slots are free again.
    expect((await check('import os\n')).findings).toMatchObject([{ code: 'F401' }]);
  });
});
