import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Fault } from '../../../core/errors.ts';
import { isLoopbackAddress } from '../../../lib/ip-address.ts';
import { compress, MIN_COMPRESSED_BYTES, negotiateCoding } from '../../../resources/content/compress.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { sendJson } from '../exchange/respond.ts';

const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** Headers that proxies add. With one of them, the peer's address is not that of the client. */
const FORWARDED_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** `GET /health`: 200 while requests can be served, 503 when not, or when the server is stopping. */
export async function reportHealth({ res, info, deps, limits }: Exchange): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fault = new Fault('UNAVAILABLE', 'The health checks take too long. Read the log, and try again.');
    timer = setTimeout(() => reject(fault), limits.healthTimeoutMs);
  });
  try {
    const health = await Promise.race([deps.health(), late]);
    const status = info.draining.aborted ? 'DOWN' : health.status;
    sendJson(res, status === 'DOWN' ? 503 : 200, { ...health, status });
  } finally {
    clearTimeout(timer);
  }
}

/** `GET /metrics`, for holders of METRICS_TOKEN; when it is not set, for this machine. */
export async function scrapeMetrics({ req, res, deps }: Exchange): Promise<void> {
  const token = deps.config.server.metricsToken;
  if (token !== undefined && !hasMetricsToken(req, token.reveal()))
    throw new Fault(
      'UNAUTHENTICATED',
      'The metrics require a token. Send METRICS_TOKEN as "Authorization: Bearer TOKEN".',
    );
  if (token === undefined && !isDirectLoopback(req))
    throw new Fault(
      'FORBIDDEN',
      'Only this machine may read the metrics. Set METRICS_TOKEN to read them from elsewhere.',
    );
  const text = Buffer.from(await deps.metrics.scrape());
  const coding = text.length < MIN_COMPRESSED_BYTES ? undefined : negotiateCoding(req.headers['accept-encoding']);
  const body = coding ? await compress(text, coding) : text;
  if (coding) res.setHeader('Content-Encoding', coding);
  res.writeHead(200, {
    'Content-Type': PROMETHEUS_CONTENT_TYPE,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  });
  res.end(body);
}

function hasMetricsToken(req: IncomingMessage, token: Uint8Array): boolean {
  const sent = /^Bearer +(.+)$/i.exec(req.headers.authorization ?? '')?.[1] ?? '';
  const digest = (value: string | Uint8Array) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(sent), digest(token));
}

function isDirectLoopback(req: IncomingMessage): boolean {
  return (
    isLoopbackAddress(req.socket.remoteAddress ?? '') &&
    FORWARDED_HEADERS.every((name) => req.headers[name] === undefined)
  );
}
