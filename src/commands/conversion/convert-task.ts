import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { Fault } from '../../core/errors.ts';
import { storageFault } from '../../resources/artifacts/storage-fault.ts';
import { type Conversion, convert } from './convert.ts';
import { createDecoder, type StreamingDecoder } from './text-decoder.ts';

export interface ConvertTask {
  readonly input: string;
  /** Names the charset of the input. */
  readonly mediaType: string;
  /** An empty file that the caller made, and may remove at any time. */
  readonly output: string;
  readonly maxBytes: number;
  readonly conversion: Conversion;
}

export interface ConvertResult {
  /** Of the output, in bytes. */
  readonly size: number;
  readonly notes: readonly string[];
}

const READ_CHUNK_BYTES = 256 * 1024;
const WRITE_BUFFER_LENGTH = 256 * 1024;

/** Converts file to file. Reads and writes are synchronous: this thread has nothing else to do. */
export function run({ input, mediaType, output, maxBytes, conversion }: ConvertTask): ConvertResult {
  const from = openSync(input, 'r');
  try {
    // `r+` does not make the file again when the caller has removed it.
    const to = openSync(output, 'r+');
    try {
      const file = createFileSink(to, maxBytes);
      const notes = convert(readText(from, mediaType), conversion, file.write);
      return { size: file.end(), notes };
    } finally {
      closeSync(to);
    }
  } finally {
    closeSync(from);
  }
}

function* readText(file: number, mediaType: string): Generator<string> {
  const piece = Buffer.allocUnsafe(READ_CHUNK_BYTES);
  let decoder: StreamingDecoder | undefined;
  for (let size = readSync(file, piece); size > 0; size = readSync(file, piece)) {
    const bytes = piece.subarray(0, size);
    decoder ??= createDecoder(mediaType, bytes);
    yield decoder.decode(bytes);
  }
  if (decoder) yield decoder.end();
}

function createFileSink(file: number, maxBytes: number) {
  let buffered = '';
  let size = 0;
  const flush = () => {
    const bytes = Buffer.from(buffered);
    buffered = '';
    size += bytes.byteLength;
    if (size > maxBytes) {
      throw new Fault('RESOURCE_TOO_LARGE', `The result is larger than ${maxBytes} bytes. Convert less at once.`);
    }
    writeFully(file, bytes);
  };
  return {
    write(text: string) {
      buffered += text;
      if (buffered.length >= WRITE_BUFFER_LENGTH) flush();
    },
    /** The size of the whole. */
    end(): number {
      flush();
      return size;
    },
  };
}

function writeFully(file: number, bytes: Uint8Array): void {
  try {
    for (let done = 0; done < bytes.byteLength; ) done += writeSync(file, bytes, done);
  } catch (error) {
    throw storageFault(error);
  }
}
