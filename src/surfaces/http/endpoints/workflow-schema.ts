import { createHash } from 'node:crypto';
import { WORKFLOW_SCHEMA } from '../../../workflow/schema/workflow-schema.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { matchesEtag } from '../exchange/request-headers.ts';

/** Caches may keep it for an hour, and must revalidate it afterwards. */
const CACHE_CONTROL = 'public, max-age=3600';

const body = Buffer.from(`${JSON.stringify(WORKFLOW_SCHEMA, null, 2)}\n`);
const etag = `"${createHash('sha256').update(body).digest('hex')}"`;

/**
 * `GET /schemas/workflow.json`: the JSON Schema of workflows, for editors. It is the same for
 * everyone and reveals only the version of this server, so it requires no token.
 */
export function serveWorkflowSchema({ req, res }: Exchange): void {
  const headers = { ETag: etag, 'Cache-Control': CACHE_CONTROL };
  if (matchesEtag(req.headers['if-none-match'], etag)) {
    res.writeHead(304, headers).end();
    return;
  }
  res.writeHead(200, { ...headers, 'Content-Type': 'application/schema+json', 'Content-Length': body.length });
  res.end(req.method === 'HEAD' ? undefined : body);
}
