import { writeFile } from 'node:fs/promises';
import { Fault } from '../../core/errors.ts';
import { decodeText } from '../../resources/content/decode-text.ts';
import type { CommandContext } from '../definition/define-command.ts';
import type { Conversion } from './convert.ts';
import type { ConvertResult, ConvertTask } from './convert-task.ts';
import { createTextSink, SinkFullError } from './json/sink.ts';
import { release, SPOOL_THRESHOLD, type Spooled, sizeOf, toFile, withScratchFile } from './spooled.ts';

/** What the conversions to JSON make: in UTF-8, without a byte order mark. */
export const JSON_MEDIA_TYPE = 'application/json';

/** Where the whole input must be in memory at once: the tree of an XML document takes about 10 times its bytes. */
const MAX_IN_MEMORY_BYTES = { JSON: 16 * 2 ** 20, XML: 8 * 2 ** 20 };
/** The XML parser takes several times as long for a byte as the others. */
const MAX_INLINE_XML_BYTES = 32 * 1024;
/** A small input can make a large result: a long column name stands in every row. */
const MAX_INLINE_RESULT_LENGTH = 2 ** 20;
const TIMEOUT_MS = 120_000;
const TASK_URL = new URL('./convert-task.ts', import.meta.url);

/**
 * Converts what is at hand: small inputs at once, others in a worker, file to file. Notes go to the run's log. The
 * input stays as it is.
 * @param mediaType of the input; names its charset
 * @throws Fault BAD_INPUT, RESOURCE_TOO_LARGE, TIMEOUT, UNAVAILABLE, CANCELLED
 */
export async function runConversion(
  held: Spooled,
  mediaType: string,
  conversion: Conversion,
  ctx: CommandContext,
): Promise<Spooled> {
  // With its parsers, for the first conversion.
  const { convert, isStreaming: streams } = await import('./convert.ts');
  const from = conversion.to === 'JSON' && conversion.from === 'XML' ? 'XML' : 'JSON';
  if (!streams(conversion) && sizeOf(held) > MAX_IN_MEMORY_BYTES[from]) {
    const message = `${from} is converted up to ${MAX_IN_MEMORY_BYTES[from]} bytes, because it has to be in memory whole.`;
    throw new Fault('RESOURCE_TOO_LARGE', `${message} Split it.`);
  }
  return convertInline(convert, held, mediaType, conversion, ctx) ?? convertInWorker(held, mediaType, conversion, ctx);
}

function convertInline(
  convert: typeof import('./convert.ts').convert,
  held: Spooled,
  mediaType: string,
  conversion: Conversion,
  ctx: CommandContext,
): Spooled | undefined {
  const most = conversion.to === 'JSON' && conversion.from === 'XML' ? MAX_INLINE_XML_BYTES : SPOOL_THRESHOLD;
  if (!('bytes' in held) || held.bytes.byteLength > most) return undefined;
  const sink = createTextSink(MAX_INLINE_RESULT_LENGTH);
  try {
    const notes = convert([decodeText(held.bytes, mediaType)], conversion, sink.write);
    for (const note of notes) ctx.log('WARN', note);
    return { bytes: Buffer.from(sink.text()) };
  } catch (error) {
    if (error instanceof SinkFullError) return undefined;
    throw error;
  }
}

async function convertInWorker(
  held: Spooled,
  mediaType: string,
  conversion: Conversion,
  ctx: CommandContext,
): Promise<Spooled> {
  const input = await toFile(held, ctx);
  try {
    return await withScratchFile(ctx, async (output) => {
      await writeFile(output, '', { flag: 'wx' });
      const order: ConvertTask = { input: input.file, mediaType, output, maxBytes: ctx.maxBytes, conversion };
      const { size, notes } = await ctx.cpu.run<ConvertTask, ConvertResult>(TASK_URL, order, {
        timeoutMs: TIMEOUT_MS,
        signal: ctx.signal,
      });
      for (const note of notes) ctx.log('WARN', note);
      return { file: output, size };
    });
  } finally {
    if (input !== held) await release(input);
  }
}
