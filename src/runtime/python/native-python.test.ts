import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { pythonRequest } from '../../../test/support/runtime/python-contract.ts';
import { testSandbox } from '../../../test/support/runtime/python-engines.ts';
import type { Sandbox } from '../../core/programs/sandbox.ts';
import { openNativePython } from './native-python.ts';

const signal = new AbortController().signal;

describe('the time limit of native Python', () => {
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  it('begins when the program does: the start of its sandbox does not count', async () => {
    const slow: Sandbox = {
      ...testSandbox,
      spawn: async (program, until) => {
        await sleep(1_500);
        return testSandbox.spawn(program, until);
      },
    };
    const engine = await openNativePython(slow);
    const result = await engine.run(pythonRequest({ code: 'print("ran")', timeoutMs: 1_000 }), signal);
    expect([result.stdout, result.stopped]).toEqual(['ran\n', undefined]);
  });

  it('does not count the load of the machine', async () => {
    const engine = await openNativePython(testSandbox);
    // Each of the other programs takes as much of a core as this one: Linux shares cores among sessions first.
    for (let i = 0; i < availableParallelism() * 3; i += 1) {
      const other = spawn('/bin/sh', ['-c', 'while :; do :; done'], { detached: true });
      ends.push(() => other.kill('SIGKILL'));
    }
    const code =
      'import time\nbegan = time.monotonic()\nwhile time.process_time() < 1: pass\nprint(time.monotonic() - began)';
    const { stdout, stopped } = await engine.run(pythonRequest({ code, timeoutMs: 1_500 }), signal);
    expect(stopped).toBeUndefined();
    // Longer than its limit, so that the test shows something.
    expect(Number(stdout)).toBeGreaterThan(1.5);
  });

  it('counts sleeping, and the CPU time of all processes', async () => {
    const engine = await openNativePython(testSandbox);
    for (const code of ['import time\ntime.sleep(600)', 'import os\nos.fork()\nos.fork()\nwhile True: pass']) {
      expect(await engine.run(pythonRequest({ code, timeoutMs: 1_000 }), signal)).toMatchObject({ stopped: 'TIMEOUT' });
    }
  });
});

describe('names of files in /out that are not UTF-8', () => {
  it('are kept as different files when they become equal', async () => {
    const engine = await openNativePython(testSandbox);
    const names = "b'a\\xff', b'a\\xfe', b'a\\xef\\xbf\\xbd (2)'";
    const { produced, manifest } = await engine.run(
      pythonRequest({ code: `for name in (${names}): open(b'/out/' + name, 'wb').write(name)` }),
      signal,
    );
    const paths = produced.map(({ path }) => path);
    expect(new Set(paths)).toEqual(new Set(['a\ufffd', 'a\ufffd (2)', 'a\ufffd (3)']));
    expect(Object.keys(manifest.after).sort()).toEqual(paths.toSorted());
    expect(new Set(produced.map(({ bytes }) => Buffer.from(bytes).toString('latin1')))).toHaveProperty('size', 3);
  });

  it('do not hide the files from the limit of bytes while the program runs', async () => {
    const engine = await openNativePython(testSandbox);
    const code = "import time\nfor i in range(8): open(b'/out/%d\\xfe' % i, 'wb').write(b'y' * 2**20)\ntime.sleep(600)";
    const result = await engine.run(pythonRequest({ code, timeoutMs: 60_000, maxOutputBytes: 4 * 2 ** 20 }), signal);
    expect(result).toMatchObject({ stopped: 'FILES', returnCode: null });
  });
});
