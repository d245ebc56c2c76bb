import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault } from '../../../core/errors.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { sendJson } from '../exchange/respond.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * `POST /hooks/TENANT/NAME`: a delivery, which starts the saved workflow of this name. 202 with the id of the run, once it is
 * durable; the same delivery again has the same answer.
 */
export async function receiveWebhook({ req, res, params, info, deps }: Exchange): Promise<void> {
  const body = await readBody(req, res);
  const { address, traceId } = info;
  const [tenant, name] = [decoded(params.tenant), decoded(params.name)];
  const { runId } = await deps.webhook({ tenant, name, headers: req.headers, body, address, traceId });
  sendJson(res, 202, { runId });
}

/** Of a segment of the path. What is encoded wrongly names nothing. */
function decoded(segment = ''): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

/** @throws Fault RESOURCE_TOO_LARGE without reading on, CANCELLED when the sender disconnects */
async function readBody(req: IncomingMessage, res: ServerResponse): Promise<Uint8Array> {
  if (Number(req.headers['content-length']) > MAX_BODY_BYTES) throw tooLargeFault();
  if (req.headers.expect !== undefined) res.writeContinue();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // The request outlives a refusal in the middle, because the response uses the same socket.
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) throw tooLargeFault();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('CANCELLED', 'The delivery ended before it was complete. Send it again.', { cause: error });
  }
  return Buffer.concat(chunks);
}

function tooLargeFault(): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    `A delivery may have at most ${MAX_BODY_BYTES} bytes. Send less, such as a URI.`,
  );
}
