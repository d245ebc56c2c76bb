import { rssMiB } from './closed-loop.ts';
import type { OpenSubject } from './subject.ts';

/** The argument of the process, as JSON. */
export interface MemoryOrder {
  /** URL of the module that exports `open`. */
  readonly module: string;
  readonly url: string;
  readonly concurrency: number;
  /** Numbers of runs after which the memory is read; the last one is the end. */
  readonly marks: readonly number[];
}

/** Executes runs, and sends the memory of the process after each mark, in MiB. */
async function main({ module, url, concurrency, marks }: MemoryOrder): Promise<void> {
  const { open } = (await import(module)) as { readonly open: OpenSubject };
  const subject = await open({ url, concurrency });
  const samples: number[] = [];
  let started = 0;
  for (const mark of marks) {
    const lane = async () => {
      while (started < mark) {
        started += 1;
        await subject.perform();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
    samples.push(rssMiB('now'));
  }
  await new Promise((resolve) => process.send?.(samples, resolve));
  await subject.close();
  process.exit();
}

await main(JSON.parse(process.argv[2] ?? 'null') as MemoryOrder);
