import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import { Fault } from '../../core/errors.ts';

/** The value of `Accept-Encoding`. */
export const ACCEPTED_CODINGS = 'gzip, deflate, br, zstd';

/** RFC 9659: a zstd frame on the web may require a window of at most 8 MiB. */
const ZSTD_WINDOW_LOG = 23;

/**
 * Decodes one content coding (RFC 9110 section 8.4.1) as a stream. Nothing is decoded ahead of the reader, so a compression
 * bomb grows no further than the reader allows. More than one coding is rejected.
 * @param header the value of Content-Encoding
 * @param encoded must have no other reader; its owner destroys it
 * @throws Fault RESOURCE_UNREACHABLE for a coding that was not offered
 */
export async function* decodeContent(header: string, encoded: Readable): AsyncGenerator<Uint8Array> {
  const coding = header.trim().toLowerCase();
  if (coding === '' || coding === 'identity') return yield* encoded;
  const source = encoded[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const first = await source.next();
  // An empty body has nothing to decode: a 204, or an empty response with the header.
  if (first.done) return;
  const decoder = decoderFor(coding, first.value);
  const done = pipeline(Readable.from(prepend(first.value, source), { objectMode: false }), decoder);
  // Iterating the decoder throws its error; this handles the error when the reader has stopped before.
  done.catch(() => {});
  yield* decoder;
}

function decoderFor(coding: string, head: Uint8Array): Transform {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      // The standard means the zlib form (RFC 1950; its first byte ends in 8), but many servers send raw deflate.
      return ((head[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } });
    default:
      throw new Fault(
        'RESOURCE_UNREACHABLE',
        `The response has the content coding "${coding.slice(0, 40)}", which was not offered. The server must use ${ACCEPTED_CODINGS}, or none.`,
      );
  }
}

async function* prepend(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
