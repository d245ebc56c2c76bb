import type { ShellDeps } from './bash/run-shell.ts';
import { bashCli } from './bash-cli.ts';
import type { AnyBackend } from './define-backend.ts';
import { type HttpApiDeps, httpApi } from './http-api.ts';
import { type LitellmDeps, litellm } from './litellm.ts';
import { type McpDeps, mcp } from './mcp.ts';
import { type WebsocketDeps, websocket } from './websocket.ts';

export type BackendDeps = McpDeps & LitellmDeps & ShellDeps & HttpApiDeps & WebsocketDeps;

/** All backends. */
export function createBackends(deps: BackendDeps): readonly AnyBackend[] {
  return [mcp(deps), litellm(deps), bashCli(deps), httpApi(deps), websocket(deps)];
}
