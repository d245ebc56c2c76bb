import { createHash } from 'node:crypto';
import { WORKFLOW_SCHEMA } from '../../../workflow/schema/workflow-schema.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { matchesEtag } from '../exchange/request-headers.ts';

/** Caches may keep it for an hour; from then on they ask whether it is still the same. */
const CACHE_CONTROL = 'public, max-age=3600';

const body = Buffer.from(`${JSON.stringify(WORKFLOW_SCHEMA, null, 2)}\n`);
const etag = `"${createHash('sha256').update(body).digest('hex')}"`;

/**
 * `GET /schemas/workflow.json`: the JSON Schema that workflows are checked by, for editors. It is the same for
 * everybody and tells nothing of this server but its version, so nobody has to sign in.
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
