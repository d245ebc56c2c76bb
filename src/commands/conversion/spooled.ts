import { createWriteStream } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';
import type { Body } from '../../core/resource.ts';
import { storageFault } from '../../resources/artifacts/storage-fault.ts';
import type { CommandContext, Content } from '../definition/define-command.ts';

/** Up to this many bytes are kept in memory, and handled where they are. */
export const SPOOL_THRESHOLD = 256 * 1024;

/** Bytes: in memory while they are few, otherwise in a scratch file. */
export type Spooled = { readonly bytes: Uint8Array } | { readonly file: string; readonly size: number };

/** What holding bytes takes of a command's context. */
export type SpoolContext = Pick<CommandContext, 'scratch' | 'signal'>;

/** Reads a body to its end. The caller removes a file with `letGo`. */
export async function spoolBody(body: Body, ctx: SpoolContext): Promise<Spooled> {
  if (body.size !== undefined && body.size <= SPOOL_THRESHOLD) return { bytes: await body.bytes() };
  const pieces: Uint8Array[] = [];
  let size = 0;
  const stream = body.stream()[Symbol.asyncIterator]();
  while (size <= SPOOL_THRESHOLD) {
    const { done, value } = await stream.next();
    if (done) return { bytes: Buffer.concat(pieces) };
    pieces.push(value);
    size += value.byteLength;
  }
  return withScratchFile(ctx, async (file) => {
    const count = async function* () {
      yield* pieces;
      for (let next = await stream.next(); !next.done; next = await stream.next()) {
        size += next.value.byteLength;
        yield next.value;
      }
    };
    try {
      await pipeline(count, createWriteStream(file), { signal: ctx.signal });
    } catch (error) {
      await body.cancel();
      throw ctx.signal.aborted ? abortFault(ctx.signal) : error;
    }
    return { file, size };
  });
}

/** The same bytes in a file, for a worker. */
export async function toFile(
  held: Spooled,
  ctx: SpoolContext,
): Promise<{ readonly file: string; readonly size: number }> {
  if ('file' in held) return held;
  return withScratchFile(ctx, async (file) => {
    await writeFile(file, held.bytes, { signal: ctx.signal });
    return { file, size: held.bytes.byteLength };
  });
}

/** All the bytes in memory. @throws Fault RESOURCE_TOO_LARGE */
export async function toBytes(held: Spooled, maxBytes: number, what: string): Promise<Uint8Array> {
  const size = sizeOf(held);
  if (size > maxBytes) {
    const message = `${what} of ${size} bytes is too large; ${maxBytes} bytes is the most. Take a part of it.`;
    throw new Fault('RESOURCE_TOO_LARGE', message);
  }
  return 'bytes' in held ? held.bytes : readFile(held.file);
}

/** As the result of a command, which takes the file over. */
export function toContent(held: Spooled): Content {
  return 'bytes' in held ? held.bytes : { file: held.file };
}

export function sizeOf(held: Spooled): number {
  return 'bytes' in held ? held.bytes.byteLength : held.size;
}

/** Removes the file behind it, if there is one. */
export async function release(held: Spooled): Promise<void> {
  if ('file' in held) await rm(held.file, { force: true });
}

/** Gives `make` a new scratch path, and removes the file when it fails. */
export async function withScratchFile<T>(ctx: SpoolContext, make: (file: string) => Promise<T>): Promise<T> {
  const file = ctx.scratch();
  try {
    return await make(file);
  } catch (error) {
    await rm(file, { force: true });
    throw storageFault(error);
  }
}
