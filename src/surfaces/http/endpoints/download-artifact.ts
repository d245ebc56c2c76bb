import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../../../core/errors.ts';
import { parseMediaType } from '../../../lib/media-type.ts';
import { authenticateUser, type Exchange } from '../exchange/exchange.ts';
import { parseByteRange, preconditionStatus } from '../exchange/request-headers.ts';
import { sendFault, sendPrecondition } from '../exchange/respond.ts';
import { setUntrustedContentHeaders } from '../exchange/security-headers.ts';
import { attachmentHeader } from './content-disposition.ts';

/**
 * `GET /artifacts/:digest`: the bytes, whole or a range, at the speed of the client. They never
 * change, so the digest is their entity tag; permissions may change, so caches must revalidate.
 */
export async function downloadArtifact(exchange: Exchange): Promise<void> {
  const { req, res, params, deps, limits } = exchange;
  const digest = params.digest ?? '';
  const principal = await authenticateUser(exchange);
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw new Fault('BAD_INPUT', 'The digest must be 64 lower-case hex digits. Use the digest of an artifact.');
  const artifact = await deps.download(principal, digest);

  const etag = `"${digest}"`;
  setUntrustedContentHeaders(res);
  res.setHeader('ETag', etag);
  res.setHeader('Cache-Control', 'private, no-cache');
  res.setHeader('Vary', 'Origin, Authorization, Cookie');
  res.setHeader('Accept-Ranges', 'bytes');
  const failed = preconditionStatus(req.headers, etag);
  if (failed !== undefined) {
    sendPrecondition(res, failed);
    return;
  }
  // If-Range compares strongly; a date never equals the tag, so everything is sent.
  const ifRange = req.headers['if-range'];
  const asked = req.method === 'GET' && (ifRange === undefined || ifRange === etag) ? req.headers.range : undefined;
  const range = parseByteRange(asked, artifact.size);
  if (range === 'unsatisfiable') {
    const fault = new Fault('BAD_INPUT', `The range starts past the end. The artifact has ${artifact.size} bytes.`);
    sendFault(res, fault, { status: 416, headers: { 'Content-Range': `bytes */${artifact.size}` } });
    return;
  }

  const length = range ? range.end - range.start + 1 : artifact.size;
  const body = req.method === 'HEAD' ? undefined : await artifact.open(range);
  res.setHeader('Content-Type', parseMediaType(artifact.mediaType)?.toString() ?? 'application/octet-stream');
  res.setHeader('Content-Disposition', attachmentHeader(artifact.name));
  res.setHeader('Content-Length', length);
  if (range) res.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${artifact.size}`);
  res.statusCode = range ? 206 : 200;
  if (body === undefined) {
    res.end();
    return;
  }
  req.socket.setTimeout(limits.bodyIdleTimeoutMs);
  await pipeline(Readable.from(assertByteCount(body, length), { highWaterMark: 1 }), res);
}

/** Fails when there are more or fewer bytes than promised: otherwise the client would wait forever, or misread the next response. */
async function* assertByteCount(body: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let left = length;
  for await (const chunk of body) {
    left -= chunk.length;
    if (left < 0) break;
    yield chunk;
  }
  if (left !== 0) throw new Error(`an artifact's store gave another number of bytes than the promised ${length}`);
}
