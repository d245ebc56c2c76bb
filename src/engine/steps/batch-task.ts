import { closeSync, openSync, readSync } from 'node:fs';
import { type BatchRange, createBatchFinder, type ListFormat } from './batch-ranges.ts';

export interface BatchTask {
  readonly file: string;
  readonly format: ListFormat;
  readonly size: number;
  readonly maxBatches: number;
  readonly maxBytes: number;
}

const CHUNK_BYTES = 1024 * 1024;

/** Divides the list in a file into batches. */
export function run({ file, format, ...options }: BatchTask): readonly BatchRange[] {
  const from = openSync(file, 'r');
  try {
    const finder = createBatchFinder(format, options);
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let size = readSync(from, chunk); size > 0; size = readSync(from, chunk)) finder.push(chunk.subarray(0, size));
    return finder.end();
  } finally {
    closeSync(from);
  }
}
