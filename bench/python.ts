import { spawnSync } from 'node:child_process';
import type { PythonEngine } from '../src/core/programs/python.ts';
import { openNativePython } from '../src/runtime/python/native-python.ts';
import { createWasiPython } from '../src/runtime/python/wasi-python.ts';
import { createBubblewrap } from '../src/runtime/sandbox/bubblewrap.ts';
import { type BenchOptions, figure, median } from './load/figure.ts';

const ROUNDS = { full: 30, quick: 9 };
/** Maximum milliseconds of a cold call. */
const LIMITS: Readonly<Record<PythonEngine['name'], number>> = { wasi: 200, native: 60 };
const REQUEST = {
  entrypoint: 'main.py',
  args: [],
  files: [{ path: 'main.py', bytes: Buffer.from('open("/out/made.txt", "w").write("made")\nprint("done")\n') }],
  timeoutMs: 30_000,
  hosts: [],
  maxOutputBytes: 2 ** 20,
  memoryBytes: 2 ** 28,
};

/** A complete cold call of each engine (one input file, a line of output and an output file), compared with bare python3. */
export async function main({ quick }: BenchOptions): Promise<void> {
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  const outgoing = { allowedPrivateHosts: [], headerTimeoutMs: 5_000 };
  const sandbox = createBubblewrap({ readPaths: [], outgoing });
  const engines = [createWasiPython(), await openNativePython(sandbox)];
  const timesByEngine = new Map(engines.map((engine) => [engine, [] as number[]]));
  const bare: number[] = [];
  // In turns, so that other load on the machine affects all of them.
  for (let round = 0; round < rounds; round += 1) {
    for (const [engine, times] of timesByEngine) times.push(await callMs(engine));
    const began = performance.now();
    spawnSync('/usr/bin/python3', ['-c', 'pass']);
    bare.push(performance.now() - began);
  }

  const bench = 'python';
  const peer = { name: 'python3 -c pass', value: median(bare) };
  for (const [{ name, version }, times] of timesByEngine) {
    const value = median(times);
    const metric = `cold call, ${name} ${version}`;
    figure({ bench, metric, value, unit: 'ms', n: rounds, peer: { name: 'limit', value: LIMITS[name] } });
    figure({ bench, metric, value, unit: 'ms', n: rounds, peer });
    figure({ bench, metric: `${metric}, fastest`, value: Math.min(...times), unit: 'ms', n: rounds });
  }
}

async function callMs(engine: PythonEngine): Promise<number> {
  const began = performance.now();
  const { returnCode, stdout, produced } = await engine.run(REQUEST, AbortSignal.timeout(REQUEST.timeoutMs));
  // A fast wrong result is worthless.
  if (returnCode !== 0 || stdout !== 'done\n' || produced[0]?.path !== 'made.txt') {
    throw new Error(`${engine.name} returned a wrong result: ${returnCode} ${stdout}`);
  }
  return performance.now() - began;
}
