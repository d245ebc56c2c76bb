import { Readable } from 'node:stream';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { mediaTypeOfFile, parseMediaType } from '../../lib/media-type.ts';
import { decodeContent } from '../content/content-coding.ts';
import type { S3Client } from '../s3/s3-client.ts';
import { S3Refusal, s3Fault } from '../s3/s3-fault.ts';
import { getPiece, type S3Location, type S3Piece } from '../s3/s3-objects.ts';
import { canonicalPath, encodePath } from '../uri/canonical-path.ts';
import { defineProtocol } from './define-protocol.ts';
import { decodedPath } from './file.ts';

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const MAX_KEY_BYTES = 1_024;
const PIECE_BYTES = 1024 * 1024;
/** What S3 says of an object whose type nobody has stated. */
const UNKNOWN_TYPES = ['binary/octet-stream', 'application/octet-stream'];

/** `s3://BUCKET/KEY`: an object of the operator's S3 service. The key is percent-encoded, as in every other URI. */
export const s3 = defineProtocol({
  scheme: 's3',
  description: 'An object of the S3 service that S3_ENDPOINT names: s3://BUCKET/KEY.',
  limits: (settings) => ({ maxBytes: settings.fetchMaxBytes }),

  canonicalize(url) {
    const { hostname: host, port, pathname, search, hash } = url;
    if (!BUCKET.test(host) || port !== '') {
      throw new Fault(
        'BAD_INPUT',
        'This is not the URI of an object in S3. Write s3://BUCKET/KEY, the bucket in lower case.',
      );
    }
    if (search !== '' || hash !== '')
      throw new Fault('BAD_INPUT', 'A key is percent-encoded. Write %3F for ? and %23 for #.');
    if (pathname.includes('\\'))
      throw new Fault('BAD_INPUT', 'A key with a backslash cannot be read. Rename the object.');
    const key = decodedPath(canonicalPath(pathname)).slice(1);
    if (key === '' || Buffer.byteLength(key) > MAX_KEY_BYTES) {
      throw new Fault(
        'BAD_INPUT',
        `The URI must name an object: s3://BUCKET/KEY, the key of at most ${MAX_KEY_BYTES} bytes.`,
      );
    }
    const path = `/${encodePath(key)}`;
    return { href: `s3://${host}${path}`, scheme: 's3', host, port: '', path, query: '' };
  },

  async open(uri, ctx) {
    if (!ctx.s3) {
      const what = 'S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY';
      throw new Fault('UNSUPPORTED_SCHEME', `This server has no S3 to read from. Ask the operator to set ${what}.`);
    }
    const { client, artifacts } = ctx.s3;
    const location = { bucket: uri.host, key: decodeURIComponent(uri.path.slice(1)) };
    if (artifacts && location.bucket === artifacts.bucket && location.key.startsWith(artifacts.prefix)) {
      // Here tenants are not separated.
      throw new Fault('FORBIDDEN', 'This is where the artifacts of all tenants are. Read yours as artifact:sha256/….');
    }
    const first = await readPiece(client, location, 0, ctx.signal);
    const pieces = Readable.from(piecesOf(client, location, first, ctx.signal), { objectMode: false });
    // A stream that is destroyed before its end emits an error that may have no listener.
    pieces.on('error', () => {});
    const coding = first.coding?.replace(/^aws-chunked(?:,\s*|$)/, '') ?? '';
    return {
      uri: uri.href,
      mediaType: mediaTypeOf(uri, first),
      ...(coding === '' && { size: first.size }),
      content: decodeContent(coding, pieces),
      release: () => void pieces.destroy(),
    };
  },
});

async function* piecesOf(
  client: S3Client,
  location: S3Location,
  first: S3Piece,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (first.bytes.length > 0) yield first.bytes;
  for (let start = first.bytes.length; start < first.size; ) {
    const { bytes } = await readPiece(client, location, start, signal, first.etag);
    yield bytes;
    start += bytes.length;
  }
}

async function readPiece(client: S3Client, location: S3Location, start: number, signal: AbortSignal, etag?: string) {
  try {
    const range = { start, end: start + PIECE_BYTES - 1 };
    const piece = await getPiece(client, location, range, { signal, ...(etag !== undefined && { etag }) });
    if (start > 0 && piece.bytes.length === 0) throw new S3Refusal(412, 'PreconditionFailed');
    return piece;
  } catch (error) {
    throw readFault(error);
  }
}

/** What a reader sees, for whom a missing bucket is no fault of the server. */
function readFault(error: unknown): unknown {
  if (!(error instanceof S3Refusal)) return error;
  const { status, code } = error;
  const details = { status, reason: code };
  const fault = (kind: 'NOT_FOUND' | 'RESOURCE_UNREACHABLE', message: string) =>
    new Fault(kind, message, { cause: error, details });
  if (code === 'NoSuchBucket') return fault('NOT_FOUND', 'S3 has no bucket of this name. Check the URI.');
  if (status === 404) return fault('NOT_FOUND', 'The bucket has no object with this key. Upper and lower case differ.');
  if (status === 412) return fault('RESOURCE_UNREACHABLE', 'The object changed while it was being read. Try again.');
  if (['AccessDenied', 'AllAccessDisabled', 'InvalidObjectState'].includes(code)) {
    return fault(
      'RESOURCE_UNREACHABLE',
      `S3 does not let this server read the object (${code}). Ask the operator for access.`,
    );
  }
  return s3Fault(error);
}

function mediaTypeOf({ path }: CanonicalUri, { mediaType = '' }: S3Piece): string {
  const stated = parseMediaType(mediaType);
  return !stated || UNKNOWN_TYPES.includes(stated.essence) ? mediaTypeOfFile(path) : stated.toString();
}
