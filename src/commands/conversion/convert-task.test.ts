import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Conversion } from './convert.ts';
import { type ConvertTask, run } from './convert-task.ts';

const CSV: Conversion = { to: 'JSON', from: 'CSV', delimiter: ',', header: true };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-convert-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function orderOf(text: string, conversion: Conversion = CSV, maxBytes = 1e9): Promise<ConvertTask> {
  const [input, output] = [join(folder, 'in'), join(folder, 'out')];
  await writeFile(input, text);
  await writeFile(output, '');
  return { input, output, mediaType: 'text/csv', conversion, maxBytes };
}

/** In a thread with a heap of this size, so that what it keeps must fit in there. */
function runWithHeapOf(megabytes: number, order: ConvertTask): Promise<unknown> {
  const task = JSON.stringify(new URL('./convert-task.ts', import.meta.url).href);
  const code = `import { run } from ${task}; import { parentPort, workerData } from 'node:worker_threads';
    parentPort.postMessage(run(workerData));`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: megabytes, maxYoungGenerationSizeMb: 8 },
  });
  return new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
}

describe('the conversion of files', () => {
  it('keeps little of a large CSV in memory', async () => {
    const order = await orderOf(`id,name,price\n${'12345,"Tea, green",2.50\n'.repeat(1_300_000)}`);
    expect((await stat(order.input)).size).toBeGreaterThan(25 * 2 ** 20);
    const report = await runWithHeapOf(32, order);
    const { size } = await stat(order.output);
    expect(size).toBeGreaterThan(50 * 2 ** 20);
    expect(report).toEqual({ size, notes: [] });
  });

  it('cuts no character where it cuts the file', async () => {
    const order = await orderOf('😀ż,b\n'.repeat(60_000), { ...CSV, header: false } as Conversion);
    run(order);
    const { rows } = JSON.parse(await readFile(order.output, 'utf8')) as { rows: Record<string, string>[] };
    expect(new Set(rows.map((row) => row.column1))).toEqual(new Set(['😀ż']));
  });

  it('stops at the most that a result may have', async () => {
    const order = await orderOf(`a\n${'1\n'.repeat(400_000)}`, CSV, 1_000_000);
    expect(() => run(order)).toThrow(expect.objectContaining({ code: 'RESOURCE_TOO_LARGE' }));
    expect((await stat(order.output)).size).toBeLessThanOrEqual(1_000_000);
  });

  it('does not make the output again when its caller has removed it', async () => {
    const order = await orderOf('a,b\n');
    await rm(order.output);
    expect(() => run(order)).toThrow(/ENOENT/);
  });
});
