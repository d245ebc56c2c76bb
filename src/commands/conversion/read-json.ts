import { open } from 'node:fs/promises';
import { Fault } from '../../core/errors.ts';
import { RESOURCE_FORMS, type ResourceInput } from '../../core/resource.ts';
import type { Json } from '../../lib/json.ts';
import { essenceOf } from '../../lib/media-type.ts';
import type { CommandContext } from '../definition/define-command.ts';
import type { ValueOptions } from './csv-values.ts';
import { detectFormat, type Format, namedDelimiter, sniffDelimiter } from './detect-format.ts';
import { runConversion } from './run-conversion.ts';
import { release, type Spooled, spoolBody, toBytes } from './spooled.ts';
import { createDecoder, withDeclaredCharset } from './text-decoder.ts';

export interface ReadJsonOptions extends ValueOptions {
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
    const { mode = 'AUTO', header = true, ...csv } = options;
    const from = mode === 'AUTO' ? detectFormat(mediaType, headText) : mode;
    const format = from === 'CSV' ? csvFormat(mediaType, headText(), options.delimiter) : { delimiter: ',' };
    return await runConversion(held, mediaType, { to: 'JSON', from, ...csv, header, ...format }, ctx);
  } finally {
    await release(held);
  }
}

/**
 * As `readJson`, of a source or of JSON that stands in the options.
 * @throws Fault as `readJson`, BAD_INPUT for both or neither of them
 */
export async function readSourceOrData(
  { source, data }: { readonly source: ResourceInput | undefined; readonly data: Json | undefined },
  ctx: CommandContext,
): Promise<Spooled> {
  if (source !== undefined && data !== undefined) throw exclusiveOptionsFault('source', 'data');
  if (source !== undefined) return readJson(source, {}, ctx);
  if (data !== undefined) return { bytes: Buffer.from(JSON.stringify(data)) };
  throw new Fault('BAD_INPUT', 'Give source or data.', {
    path: ['source'],
    violations: [{ path: '/source', message: `must be given, or data: ${RESOURCE_FORMS}` }],
  });
}

export function exclusiveOptionsFault(one: string, other: string): Fault {
  return new Fault('BAD_INPUT', `Give ${one} or ${other}, not both.`, {
    path: [other],
    violations: [{ path: `/${other}`, message: `must not be given together with ${one}` }],
  });
}

/** @throws Fault SCHEMA_VIOLATION, and RESOURCE_TOO_LARGE past 16 MiB; nothing is checked without a schema */
export async function checkSchema(json: Spooled, schemaUri: string | undefined, ctx: CommandContext): Promise<void> {
  if (schemaUri === undefined) return;
  const bytes = await toBytes(json, MAX_VALIDATED_BYTES, 'Data to be checked against a schema');
  await ctx.validate(bytes, schemaUri);
}

function csvFormat(mediaType: string, head: string, delimiter: string | undefined) {
  const named = namedDelimiter(head);
  const isTsv = essenceOf(mediaType) === 'text/tab-separated-values';
  const chosen = delimiter ?? named ?? (isTsv ? '\t' : sniffDelimiter(head));
  return { delimiter: chosen, quoting: !(isTsv && chosen === '\t'), namesDelimiter: named !== undefined };
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
