import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault } from '../../../core/errors.ts';
import { lossyNumberIn, lossyNumberMessage } from '../../../lib/lossy-numbers.ts';

/**
 * The JSON body of a request. A client that waits for 100 Continue gets it once nothing but the body can be wrong.
 * @throws Fault RESOURCE_TOO_LARGE past `maxBytes` without reading on, BAD_INPUT when it is not JSON in UTF-8 or
 *   has a number that loses digits, CANCELLED when the client disconnects
 */
export function readJsonBody(req: IncomingMessage, res: ServerResponse, maxBytes: number): Promise<unknown> {
  if (Number(req.headers['content-length']) > maxBytes) return Promise.reject(bodyTooLargeFault(maxBytes));
  if (req.headers.expect !== undefined) res.writeContinue();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > maxBytes) end(() => reject(bodyTooLargeFault(maxBytes)));
      else chunks.push(chunk);
    };
    const onEnd = () => end(() => resolve(parseBody(chunks)));
    const onClose = () => end(() => reject(new Fault('CANCELLED', 'The request ended before its body did.')));
    const end = (settle: () => void) => {
      req.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      if (!req.readableEnded) req.pause();
      try {
        settle();
      } catch (error) {
        reject(error);
      }
    };
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

function parseBody(chunks: readonly Buffer[]): unknown {
  const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  // Decoding would replace what is not UTF-8, and run an operation that nobody sent.
  if (!isUtf8(bytes)) throw new Fault('BAD_INPUT', 'The body is not UTF-8. Encode the JSON as UTF-8.');
  const text = bytes.toString('utf8');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Fault('BAD_INPUT', 'The body is not JSON. Send {"query": "…", "variables": {…}}.');
  }
  const lossy = lossyNumberIn(text);
  if (lossy !== undefined) throw new Fault('BAD_INPUT', lossyNumberMessage(lossy));
  return body;
}

function bodyTooLargeFault(maxBytes: number): Fault {
  const message = `A request may have at most ${maxBytes} bytes. Upload larger content with POST /artifacts and pass its URI.`;
  return new Fault('RESOURCE_TOO_LARGE', message);
}
