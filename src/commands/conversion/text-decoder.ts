import { Fault } from '../../core/errors.ts';
import { charsetOf } from '../../lib/media-type.ts';
import { textDecoderFor } from '../../resources/content/decode-text.ts';

/** Bytes to text, piece by piece. A character that is cut between two pieces is kept until the second comes. */
export interface StreamingDecoder {
  /** @throws Fault BAD_INPUT when the bytes are not text in their charset */
  decode(piece: Uint8Array): string;
  /** @throws Fault BAD_INPUT when the last character is cut */
  end(): string;
}

/**
 * The media type with the charset that an XML declaration shows, where it names none itself (RFC 7303 section 3): by its
 * bytes, which are those of UTF-16 or not (XML 1.0 appendix F), and then by its encoding. A byte order mark goes before all
 * of them when the text is decoded.
 * @param head the first bytes, 100 where there are so many
 */
export function withDeclaredCharset(mediaType: string, head: Uint8Array): string {
  if (charsetOf(mediaType)) return mediaType;
  const start = Buffer.from(head.subarray(0, 100)).toString('latin1');
  if (start.startsWith('<\0?\0')) return `${mediaType};charset=utf-16le`;
  if (start.startsWith('\0<\0?')) return `${mediaType};charset=utf-16be`;
  const declared = /^<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1];
  // Programs that hold text as UTF-16 write its name. A declaration that can be read here is not in UTF-16.
  return declared && !/^(?:utf-?16|ucs-?2|iso-10646-ucs-2)/i.test(declared)
    ? `${mediaType};charset=${declared}`
    : mediaType;
}

/**
 * Decodes as `Body.text()` does: by byte order mark, the media type's charset, UTF-8.
 * @param head the first bytes, to see a byte order mark
 * @throws Fault BAD_INPUT for a charset that nobody knows
 */
export function createDecoder(mediaType: string, head: Uint8Array): StreamingDecoder {
  const decoder = textDecoderFor(mediaType, head);
  const guarded = (decode: () => string) => {
    try {
      return decode();
    } catch (cause) {
      const message = `The bytes are not text in ${decoder.encoding}. Name their charset in the media type.`;
      throw new Fault('BAD_INPUT', message, { cause });
    }
  };
  return {
    decode: (piece) => guarded(() => decoder.decode(piece, { stream: true })),
    end: () => guarded(() => decoder.decode()),
  };
}
