import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../lib/json.ts';
import { compress, negotiateCoding, type ResponseCoding } from '../../../resources/content/compress.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { preconditionStatus } from '../exchange/request-headers.ts';
import { sendPrecondition } from '../exchange/respond.ts';

/** Caches may keep it for an hour, and must revalidate it afterwards. */
const CACHE_CONTROL = 'public, max-age=3600';

interface Representations {
  readonly body: Buffer;
  readonly digest: string;
  readonly compressed: Map<ResponseCoding, Promise<Buffer>>;
}

const representations = new WeakMap<JsonObject, Representations>();

function representationsOf(schema: JsonObject): Representations {
  const known = representations.get(schema);
  if (known) return known;
  const body = Buffer.from(`${JSON.stringify(schema, null, 2)}\n`);
  const made = { body, digest: createHash('sha256').update(body).digest('hex'), compressed: new Map() };
  representations.set(schema, made);
  return made;
}

/**
 * `GET /schemas/workflow.json`: the JSON Schema of workflows, for editors. It is the same for
 * everyone and reveals only what the catalog does, so it requires no token.
 */
export async function serveWorkflowSchema({ req, res, deps }: Exchange): Promise<void> {
  const { body, digest, compressed } = representationsOf(deps.workflowSchema);
  const coding = negotiateCoding(req.headers['accept-encoding']);
  // Each coding is another representation, so it has another strong tag (RFC 9110, section 8.8.3.3).
  const etag = coding ? `"${digest}-${coding}"` : `"${digest}"`;
  res.setHeader('ETag', etag);
  res.setHeader('Cache-Control', CACHE_CONTROL);
  res.appendHeader('Vary', 'Accept-Encoding');
  const failed = preconditionStatus(req.headers, etag);
  if (failed !== undefined) {
    sendPrecondition(res, failed);
    return;
  }
  const bytes = coding ? await compressedBody(body, compressed, coding) : body;
  if (coding) res.setHeader('Content-Encoding', coding);
  res.writeHead(200, { 'Content-Type': 'application/schema+json', 'Content-Length': bytes.length });
  res.end(req.method === 'HEAD' ? undefined : bytes);
}

function compressedBody(
  body: Buffer,
  compressed: Representations['compressed'],
  coding: ResponseCoding,
): Promise<Buffer> {
  const bytes = compressed.get(coding) ?? compress(body, coding);
  compressed.set(coding, bytes);
  return bytes;
}
