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

/** What `Accept-Encoding` offers. */
export const ACCEPTED_CODINGS = 'gzip, deflate, br, zstd';

/** RFC 9659: no zstd frame on the web may ask its reader for a window of more than 8 MiB. */
const ZSTD_WINDOW_LOG = 23;

/**
 * Undoes one content coding (RFC 9110 section 8.4.1) on the way, a buffer at a time: nothing is decoded ahead of the
 * reader, so a bomb grows no further than the reader lets it. More than one coding is refused.
 * @param header the value of Content-Encoding.
 * @param encoded read by nobody else; to be destroyed by its owner.
 * @throws Fault RESOURCE_UNREACHABLE for a coding that was not offered.
 */
export async function* decodeContent(header: string, encoded: Readable): AsyncGenerator<Uint8Array> {
  const coding = header.trim().toLowerCase();
  if (coding === '' || coding === 'identity') return yield* encoded;
  const source = encoded[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const first = await source.next();
  // A body without a byte has nothing to decode: a 204, or an empty answer under a blanket header.
  if (first.done) return;
  const decoder = decoderFor(coding, first.value);
  const done = pipeline(Readable.from(prepend(first.value, source), { objectMode: false }), decoder);
  // The decoder's own iteration throws what broke it; this is to have it handled when the reader left before.
  done.catch(() => {});
  yield* decoder;
}

function decoderFor(coding: string, head: Uint8Array): Transform {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      // Meant is the zlib form (RFC 1950, its first byte ends in 8), but many servers send bare deflate.
      return ((head[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } });
    default:
      throw new Fault(
        'RESOURCE_UNREACHABLE',
        `The answer is packed as "${coding.slice(0, 40)}", which was not offered. Have the server send ${ACCEPTED_CODINGS}, or nothing.`,
      );
  }
}

async function* prepend(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
