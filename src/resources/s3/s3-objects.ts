import type { ByteRange } from '../../core/artifact-store.ts';
import { Fault } from '../../core/errors.ts';
import type { S3Body, S3Client } from './s3-client.ts';
import { S3Refusal } from './s3-fault.ts';

/** Of requests that answer with next to nothing. */
const MAX_ANSWER_BYTES = 65_536;

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** A part of an object, and what S3 says about the whole. */
export interface S3Piece {
  readonly bytes: Uint8Array;
  /** Of the whole object; where the piece begins if the object ends before. */
  readonly size: number;
  readonly etag?: string;
  readonly mediaType?: string;
  readonly coding?: string;
}

interface GetOptions {
  readonly signal?: AbortSignal;
  /** Fails with 412 if the object has been replaced since. */
  readonly etag?: string;
}

/** Part of an object; empty when it ends before the range begins. @throws S3Refusal, Fault as `S3Client.request` */
export async function getPiece(
  client: S3Client,
  location: S3Location,
  { start, end }: ByteRange,
  { signal, etag }: GetOptions = {},
): Promise<S3Piece> {
  const length = end - start + 1;
  try {
    const { headers, body } = await client.request({
      ...{ ...location, method: 'GET', maxBytes: length },
      headers: { range: `bytes=${start}-${end}`, ...(etag !== undefined && { 'if-match': etag }) },
      ...(signal && { signal }),
    });
    const header = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
    const [, first = '0', total = String(body.length)] =
      /^bytes (\d+)-\d+\/(\d+)$/.exec(header('content-range') ?? '') ?? [];
    if (Number(first) !== start) throw new Fault('UNAVAILABLE', 'S3 sent another range than was asked for.');
    const [tag, mediaType, coding] = [header('etag'), header('content-type'), header('content-encoding')];
    return {
      ...{ bytes: body, size: Number(total) },
      ...(tag !== undefined && { etag: tag }),
      ...(mediaType !== undefined && { mediaType }),
      ...(coding !== undefined && { coding }),
    };
  } catch (error) {
    if (error instanceof S3Refusal && error.status === 416) return { bytes: new Uint8Array(), size: start };
    throw error;
  }
}

/** Stores an object, replacing one with the same key at once. S3 verifies its digest. @throws as `getPiece` */
export async function putObject(
  client: S3Client,
  location: S3Location,
  body: S3Body,
  { sha256, signal }: { readonly sha256?: string; readonly signal?: AbortSignal } = {},
): Promise<void> {
  await client.request({
    ...{ ...location, method: 'PUT', body, maxBytes: MAX_ANSWER_BYTES },
    ...(sha256 !== undefined && { sha256 }),
    ...(signal && { signal }),
  });
}

/** Removes an object, if it exists. @throws as `getPiece` */
export async function deleteObject(client: S3Client, location: S3Location, signal?: AbortSignal): Promise<void> {
  await client.request({ ...location, method: 'DELETE', maxBytes: MAX_ANSWER_BYTES, ...(signal && { signal }) });
}
