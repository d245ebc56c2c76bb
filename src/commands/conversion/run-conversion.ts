import { writeFile } from 'node:fs/promises';
import { Fault } from '../../core/errors.ts';
import { decodeText } from '../../resources/content/decode-text.ts';
import type { CommandContext } from '../definition/define-command.ts';
import type { Conversion } from './convert.ts';
import type { ConvertOrder, ConvertReport } from './convert-task.ts';
import { createTextSink, SinkFull } from './sink.ts';
import { asFile, type Held, IN_PLACE_BYTES, intoScratch, letGo, sizeOf } from './spooled.ts';

/** What the conversions to JSON make: in UTF-8, without a byte order mark. */
export const JSON_TYPE = 'application/json';

/** Where the whole input must be in memory at once: the tree of an XML document takes about 16 times its bytes. */
const WHOLE_MAX_BYTES = { JSON: 16 * 2 ** 20, XML: 8 * 2 ** 20 };
/** The XML parser takes about ten times as long for a byte as the others. */
const XML_IN_PLACE_BYTES = 32 * 1024;
/** A small input can make a large result: a long column name stands in every row. */
const IN_PLACE_LENGTH = 2 ** 20;
const TIMEOUT_MS = 120_000;
const TASK = new URL('./convert-task.ts', import.meta.url);

/**
 * Converts what is at hand: small inputs at once, others in a worker, file to file. Notes go to the run's log. The
 * input stays as it is.
 * @param mediaType of the input; names its charset
 * @throws Fault BAD_INPUT, RESOURCE_TOO_LARGE, TIMEOUT, UNAVAILABLE, CANCELLED
 */
export async function runConversion(
  held: Held,
  mediaType: string,
  conversion: Conversion,
  ctx: CommandContext,
): Promise<Held> {
  // With its parsers, for the first conversion.
  const { convert, streams } = await import('./convert.ts');
  const from = conversion.to === 'JSON' && conversion.from === 'XML' ? 'XML' : 'JSON';
  if (!streams(conversion) && sizeOf(held) > WHOLE_MAX_BYTES[from]) {
    const message = `${from} is converted up to ${WHOLE_MAX_BYTES[from]} bytes, because it has to be in memory whole.`;
    throw new Fault('RESOURCE_TOO_LARGE', `${message} Split it.`);
  }
  return inPlace(convert, held, mediaType, conversion, ctx) ?? inWorker(held, mediaType, conversion, ctx);
}

function inPlace(
  convert: typeof import('./convert.ts').convert,
  held: Held,
  mediaType: string,
  conversion: Conversion,
  ctx: CommandContext,
): Held | undefined {
  const most = conversion.to === 'JSON' && conversion.from === 'XML' ? XML_IN_PLACE_BYTES : IN_PLACE_BYTES;
  if (!('bytes' in held) || held.bytes.byteLength > most) return undefined;
  const sink = createTextSink(IN_PLACE_LENGTH);
  try {
    const notes = convert([decodeText(held.bytes, mediaType)], conversion, sink.write);
    for (const note of notes) ctx.log('WARN', note);
    return { bytes: Buffer.from(sink.text()) };
  } catch (error) {
    if (error instanceof SinkFull) return undefined;
    throw error;
  }
}

async function inWorker(held: Held, mediaType: string, conversion: Conversion, ctx: CommandContext): Promise<Held> {
  const input = await asFile(held, ctx);
  try {
    return await intoScratch(ctx, async (output) => {
      await writeFile(output, '', { flag: 'wx' });
      const order: ConvertOrder = { input: input.file, mediaType, output, maxBytes: ctx.maxBytes, conversion };
      const { size, notes } = await ctx.cpu.run<ConvertOrder, ConvertReport>(TASK, order, {
        timeoutMs: TIMEOUT_MS,
        signal: ctx.signal,
      });
      for (const note of notes) ctx.log('WARN', note);
      return { file: output, size };
    });
  } finally {
    if (input !== held) await letGo(input);
  }
}
