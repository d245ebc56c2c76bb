import type { IncomingMessage } from 'node:http';
import { Fault } from '../../../core/errors.ts';
import { parseMediaType } from '../../../lib/media-type.ts';
import { authenticateUser, type Exchange } from '../exchange/exchange.ts';
import { sendJson } from '../exchange/respond.ts';
import { parseFileName } from './content-disposition.ts';

const MAX_NAME_CHARACTERS = 255;

/**
 * `POST /artifacts?name=NAME`: the body becomes an artifact, unchanged. Whatever can be refused is refused
 * before the first byte is read; the body is never kept in memory.
 */
export async function uploadArtifact(exchange: Exchange): Promise<void> {
  const { req, res, query, info, deps } = exchange;
  const principal = await authenticateUser(exchange);
  const mediaType = parseMediaType(req.headers['content-type'] ?? 'application/octet-stream');
  if (mediaType === undefined)
    throw new Fault('BAD_INPUT', 'Content-Type is not a media type. Use for example text/csv.', {
      path: ['mediaType'],
    });
  if (mediaType.type === 'multipart')
    throw new Fault('BAD_INPUT', 'The body must be the bytes themselves, not a form. Use curl --data-binary @FILE.');
  if ((req.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new Fault('BAD_INPUT', 'Content-Encoding is not supported. Send the bytes unencoded.');
  const name = new URLSearchParams(query).get('name') ?? parseFileName(req.headers['content-disposition']) ?? 'upload';
  if (!isFileName(name)) {
    const message = `name must have 1 to ${MAX_NAME_CHARACTERS} characters, without slashes and control characters.`;
    throw new Fault('BAD_INPUT', message, { path: ['name'] });
  }
  const length = req.headers['content-length'];
  if (Number(length ?? 0) > deps.maxUploadBytes) throw uploadTooLargeFault(deps.maxUploadBytes);

  if (req.headers.expect !== undefined) res.writeContinue();
  const content = limitBytes(req, deps.maxUploadBytes);
  const knownSize = length === undefined ? {} : { size: Number(length) };
  const stored = { name, mediaType: mediaType.toString(), content, ...knownSize, traceId: info.traceId };
  const artifact = await deps.upload(principal, stored);
  const { id, digest, size } = artifact;
  const url = `${deps.config.server.basePath}/artifacts/${digest}`;
  const answer = { id, digest, size, mediaType: artifact.mediaType, name: artifact.name, url };
  sendJson(res, 201, answer, { Location: url });
}

async function* limitBytes(req: IncomingMessage, most: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    // The request outlives a refusal in the middle, because the response uses the same socket.
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > most) throw uploadTooLargeFault(most);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('CANCELLED', 'The upload ended before it was complete. Send it again.', { cause: error });
  }
}

function isFileName(name: string): boolean {
  return name.length <= MAX_NAME_CHARACTERS && /^[^\p{Cc}\p{Cs}/\\]+$/u.test(name) && !/^\.{1,2}$|^\s|\s$/.test(name);
}

function uploadTooLargeFault(most: number): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    `An upload may have at most ${most} bytes. Send less, or raise FETCH_MAX_BYTES.`,
  );
}
