import type { IncomingMessage } from 'node:http';
import { Fault } from '../../../core/errors.ts';
import { parseJson } from '../../../core/parse-json.ts';
import { wellFormedJson } from '../../../lib/json.ts';
import { RPC_CODES, RpcError } from './rpc-error.ts';

/**
 * The JSON of a POST. @throws Fault RESOURCE_TOO_LARGE without reading on, CANCELLED when the client goes away in the
 * middle; RpcError when it is no JSON, nested too deeply, or a batch
 */
export async function readMessage(req: IncomingMessage, mostBytes: number): Promise<unknown> {
  const tooLarge = new Fault(
    'RESOURCE_TOO_LARGE',
    `A message has at most ${mostBytes} bytes. Upload more as artifacts.`,
  );
  if (Number(req.headers['content-length']) > mostBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // The request outlives a refusal in the middle, because the response uses the same socket.
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > mostBytes) throw tooLarge;
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('CANCELLED', 'The request ended before its body did.', { cause: error });
  }
  const message = parseMessage(Buffer.concat(chunks).toString('utf8'));
  // A batch would evade the limit on concurrent requests; MCP has had no batches since 2025-06-18.
  if (Array.isArray(message)) throw new RpcError(RPC_CODES.request, 'Send each message in a separate request.');
  return message;
}

function parseMessage(text: string): unknown {
  try {
    return wellFormedJson(parseJson(text));
  } catch (error) {
    throw new RpcError(RPC_CODES.parse, error instanceof Fault ? error.message : 'This is not JSON.');
  }
}
