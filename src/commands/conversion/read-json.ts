import { open } from 'node:fs/promises';
import type { ResourceInput } from '../../core/resource.ts';
import { essenceOf } from '../../lib/media-type.ts';
import type { CommandContext } from '../definition/define-command.ts';
import { detectFormat, type Format, sniffDelimiter } from './detect-format.ts';
import { runConversion } from './run-conversion.ts';
import { release, type Spooled, spoolBody, toBytes } from './spooled.ts';
import { createDecoder, withDeclaredCharset } from './text-decoder.ts';

export interface ReadJsonOptions {
  readonly mode?: Format | 'AUTO';
  /** Of CSV; found out when absent. */
  readonly delimiter?: string;
  readonly header?: boolean;
}

const HEAD_BYTES = 64 * 1024;
/** The most that is checked against a schema. */
export const MAX_VALIDATED_BYTES = 16 * 2 ** 20;

/**
 * Reads a resource of any format as JSON text in UTF-8. The caller releases it.
 * @throws Fault as `ctx.read` does, BAD_INPUT, RESOURCE_TOO_LARGE, TIMEOUT
 */
export async function readJson(source: ResourceInput, options: ReadJsonOptions, ctx: CommandContext): Promise<Spooled> {
  const body = await ctx.read(source);
  const held = await spoolBody(body, ctx);
  try {
    const head = await headOf(held);
    const mediaType = withDeclaredCharset(body.mediaType, head);
    const headText = () => createDecoder(mediaType, head).decode(head);
    const { mode = 'AUTO', header = true } = options;
    const from = mode === 'AUTO' ? detectFormat(mediaType, headText) : mode;
    const delimiter = options.delimiter ?? (from === 'CSV' ? delimiterOf(mediaType, headText) : ',');
    return await runConversion(held, mediaType, { to: 'JSON', from, delimiter, header }, ctx);
  } finally {
    await release(held);
  }
}

/** @throws Fault SCHEMA_VIOLATION, and RESOURCE_TOO_LARGE past 16 MiB; nothing is checked without a schema */
export async function checkSchema(json: Spooled, schemaUri: string | undefined, ctx: CommandContext): Promise<void> {
  if (schemaUri === undefined) return;
  const bytes = await toBytes(json, MAX_VALIDATED_BYTES, 'Data to be checked against a schema');
  await ctx.validate(bytes, schemaUri);
}

function delimiterOf(mediaType: string, headText: () => string): string {
  return essenceOf(mediaType) === 'text/tab-separated-values' ? '\t' : sniffDelimiter(headText());
}

async function headOf(held: Spooled): Promise<Uint8Array> {
  if ('bytes' in held) return held.bytes.subarray(0, HEAD_BYTES);
  const file = await open(held.file);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(HEAD_BYTES) });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
