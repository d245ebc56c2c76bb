import { Fault } from '../../../core/errors.ts';
import { authenticateUser, type Exchange } from '../exchange/exchange.ts';
import { isAllowedOrigin } from '../exchange/origin.ts';
import { sendFault } from '../exchange/respond.ts';
import { challenge } from './protected-resource.ts';

/** `/mcp`, for signed-in users. Other origins are refused, as MCP requires (2025-11-25, "Security Warning"). */
export async function serveMcp(exchange: Exchange): Promise<void> {
  const { req, res, info, deps } = exchange;
  if (!isAllowedOrigin(req, deps.config.server.corsOrigins))
    throw new Fault('FORBIDDEN', 'This origin may not use MCP on this server. Add it to CORS_ORIGINS.');
  const principal = await authenticateUser(exchange).catch((error: unknown) => {
    if (!(error instanceof Fault) || error.code !== 'UNAUTHENTICATED') throw error;
    return sendFault(res, error, { headers: { 'WWW-Authenticate': challenge(req, deps) } });
  });
  if (!principal) return;
  // A page must be able to read its session ID.
  if (res.hasHeader('Access-Control-Allow-Origin')) res.setHeader('Access-Control-Expose-Headers', 'Mcp-Session-Id');
  await deps.mcp(req, res, { principal, traceId: info.traceId });
}
