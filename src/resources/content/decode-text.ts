import { Fault } from '../../core/errors.ts';
import { charsetOf } from '../../lib/media-type.ts';

/** Bytes needed to see any byte order mark. */
const BOM_LENGTH = 3;

/**
 * The decoder for text: by byte order mark, then the charset of the media type, then UTF-8 (WHATWG Encoding section 6,
 * "decode"). It strips the mark, and throws on bytes that are not text.
 * @param head at least the first three bytes, or all bytes
 * @throws Fault BAD_INPUT for an unknown charset
 */
export function textDecoderFor(mediaType: string, head: Uint8Array): TextDecoder {
  const label = charsetOfBom(head) ?? charsetOf(mediaType) ?? 'utf-8';
  try {
    return new TextDecoder(label, { fatal: true });
  } catch (cause) {
    const name = label.slice(0, 40);
    throw new Fault('BAD_INPUT', `Unknown charset "${name}". Use a name of the WHATWG Encoding standard.`, {
      cause,
    });
  }
}

function charsetOfBom(head: Uint8Array): string | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return undefined;
}

/** @throws Fault BAD_INPUT when the bytes are not text in their charset */
export function decodeText(bytes: Uint8Array, mediaType: string): string {
  const decoder = textDecoderFor(mediaType, bytes);
  return decodeOrFault(decoder, () => decoder.decode(bytes));
}

/** Decodes while reading, so that memory never contains all bytes in addition to the text. @throws Fault BAD_INPUT */
export async function decodeTextStream(stream: AsyncIterable<Uint8Array>, mediaType: string): Promise<string> {
  const parts: string[] = [];
  let head: Uint8Array = new Uint8Array();
  let decoder: TextDecoder | undefined;
  for await (const chunk of stream) {
    head = decoder ? chunk : head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (!decoder && head.length < BOM_LENGTH) continue;
    const textDecoder = decoder ?? textDecoderFor(mediaType, head);
    decoder = textDecoder;
    parts.push(decodeOrFault(textDecoder, () => textDecoder.decode(head, { stream: true })));
  }
  if (!decoder) return decodeText(head, mediaType);
  const last = decoder;
  parts.push(decodeOrFault(last, () => last.decode()));
  return parts.join('');
}

function decodeOrFault(decoder: TextDecoder, run: () => string): string {
  try {
    return run();
  } catch (cause) {
    throw new Fault(
      'BAD_INPUT',
      `The bytes are not valid ${decoder.encoding}. State their charset in the media type.`,
      {
        cause,
      },
    );
  }
}
