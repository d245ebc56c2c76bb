import type { IncomingMessage } from 'node:http';
import { Fault } from '../../../core/errors.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { HttpDeps } from '../exchange/http-deps.ts';
import { isSecure } from '../exchange/origin.ts';
import { sendJson } from '../exchange/respond.ts';

/** RFC 9728, section 3.1: the well-known path is inserted before that of the resource. */
const METADATA_PATH = '/.well-known/oauth-protected-resource';
const RESOURCE_PATH = '/mcp';

/** Paths of the metadata: that of the resource, and the one without it, which clients try next. */
export const METADATA_PATHS = [`${METADATA_PATH}${RESOURCE_PATH}`, METADATA_PATH] as const;

/**
 * The metadata of `/mcp` as a protected resource (RFC 9728), by which clients find out where users sign in. It requires no
 * token, and pages of every origin may read it. @throws Fault NOT_FOUND when this server issues its tokens
 */
export function serveProtectedResource({ req, res, deps }: Exchange): void {
  if (deps.authorizationServer === undefined) {
    throw new Fault('NOT_FOUND', 'No identity provider is configured: this server issues its tokens with signIn.');
  }
  const metadata = {
    resource: `${baseOf(req, deps)}${RESOURCE_PATH}`,
    authorization_servers: [deps.authorizationServer],
    bearer_methods_supported: ['header'],
    resource_name: 'Signalbox',
  };
  res.setHeader('Access-Control-Allow-Origin', '*');
  if (req.method === 'HEAD') res.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' }).end();
  else sendJson(res, 200, metadata);
}

/** The challenge of a response with the status 401 (RFC 6750, section 3; RFC 9728, section 5.1). */
export function challenge(req: IncomingMessage, deps: HttpDeps): string {
  const parameters = [
    ...(req.headers.authorization === undefined ? [] : ['error="invalid_token"']),
    ...(deps.authorizationServer === undefined ? [] : [`resource_metadata="${baseOf(req, deps)}${METADATA_PATHS[0]}"`]),
  ];
  return parameters.length === 0 ? 'Bearer' : `Bearer ${parameters.join(', ')}`;
}

/** The URL by which the client reached this server; a trusted proxy says whether it was by TLS. */
function baseOf(req: IncomingMessage, { config }: HttpDeps): string {
  const host = URL.parse(`http://${req.headers.host ?? ''}`)?.host || 'localhost';
  return `${isSecure(req, config.server.trustProxy) ? 'https' : 'http'}://${host}${config.server.basePath}`;
}
