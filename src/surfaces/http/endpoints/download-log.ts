import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { authenticateUser, type Exchange } from '../exchange/exchange.ts';
import { setUntrustedContentHeaders } from '../exchange/security-headers.ts';
import { attachmentHeader } from './content-disposition.ts';

/** `GET /runs/:id/log?step=KEY`: the log as text, of all steps or of one, up to what is recorded now. */
export async function downloadLog(exchange: Exchange): Promise<void> {
  const { req, res, params, query, deps, limits } = exchange;
  const principal = await authenticateUser(exchange);
  const runId = params.id ?? '';
  const step = new URLSearchParams(query).get('step') ?? undefined;
  const text = await deps.log(principal, runId, step);
  setUntrustedContentHeaders(res);
  res.setHeader('Cache-Control', 'private, no-cache');
  res.setHeader('Vary', 'Origin, Authorization, Cookie');
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.setHeader('Content-Disposition', attachmentHeader(`${runId}${step === undefined ? '' : `-${step}`}.log`));
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  req.socket.setTimeout(limits.bodyIdleTimeoutMs);
  await pipeline(Readable.from(text, { highWaterMark: 1 }), res);
}
