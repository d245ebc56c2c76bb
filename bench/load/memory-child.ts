import { rssMiB } from './closed-loop.ts';
import type { OpenSubject } from './subject.ts';

/** What the parent hands over in the argument, as JSON. */
export interface MemoryOrder {
  /** URL of the module that exports `open`. */
  readonly module: string;
  readonly url: string;
  readonly concurrency: number;
  /** After how many runs the memory is read; the last one is the end. */
  readonly marks: readonly number[];
}

/** Does run after run, and sends what memory the process had after each mark, in MiB. */
async function main({ module, url, concurrency, marks }: MemoryOrder): Promise<void> {
  const { open } = (await import(module)) as { readonly open: OpenSubject };
  const subject = await open({ url, concurrency });
  const found: number[] = [];
  let begun = 0;
  for (const mark of marks) {
    const lane = async () => {
      while (begun < mark) {
        begun += 1;
        await subject.perform();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
    found.push(rssMiB('now'));
  }
  await new Promise((resolve) => process.send?.(found, resolve));
  await subject.close();
  process.exit();
}

await main(JSON.parse(process.argv[2] ?? 'null') as MemoryOrder);
