import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault } from '../../../core/errors.ts';
import { parseJson } from '../../../core/parse-json.ts';
import { type Json, wellFormedJson } from '../../../lib/json.ts';
import { lossyNumberIn } from '../../../lib/lossy-numbers.ts';
import { RPC_CODES, RpcError } from './rpc-error.ts';

export interface ReadMessage {
  readonly body: Json;
  /** The first number that loses digits. */
  readonly lossyNumber?: string;
}

/**
 * The JSON of a POST. A client that waits for 100 Continue gets it once nothing but the body can be wrong.
 * @throws Fault RESOURCE_TOO_LARGE without reading on, CANCELLED when the client goes away in the middle; RpcError when it is
 *   not JSON in UTF-8, or nested too deeply
 */
export async function readMessage(req: IncomingMessage, res: ServerResponse, mostBytes: number): Promise<ReadMessage> {
  const tooLarge = () =>
    new Fault('RESOURCE_TOO_LARGE', `A message has at most ${mostBytes} bytes. Upload more as artifacts.`);
  if (Number(req.headers['content-length']) > mostBytes) throw tooLarge();
  if (req.headers.expect !== undefined) res.writeContinue();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // The request outlives a refusal in the middle, because the response uses the same socket.
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > mostBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('CANCELLED', 'The request ended before its body did.', { cause: error });
  }
  return parseMessage(Buffer.concat(chunks));
}

function parseMessage(bytes: Buffer): ReadMessage {
  // Decoding would replace what is not UTF-8, and call a tool with arguments that nobody sent.
  if (!isUtf8(bytes)) throw new RpcError(RPC_CODES.parse, 'The body is not UTF-8. Encode the JSON as UTF-8.');
  try {
    const text = bytes.toString('utf8');
    const lossyNumber = lossyNumberIn(text);
    return { body: wellFormedJson(parseJson(text)), ...(lossyNumber !== undefined && { lossyNumber }) };
  } catch (error) {
    throw new RpcError(RPC_CODES.parse, error instanceof Fault ? error.message : 'This is not JSON.');
  }
}
