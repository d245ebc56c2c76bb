import type { TObject } from 'typebox';
import type { AgentBackend } from '../core/agent.ts';
import type { ShellDeps } from './bash/run-shell.ts';
import { BashCliConfig, bashCli } from './bash-cli.ts';
import type { AnyBackend } from './define-backend.ts';
import { HttpApiConfig, type HttpApiDeps, httpApi } from './http-api.ts';
import { LitellmConfig, type LitellmDeps, litellm } from './litellm.ts';
import { McpConfig, type McpDeps, mcp } from './mcp.ts';
import { WebsocketConfig, type WebsocketDeps, websocket } from './websocket.ts';

export type BackendDeps = McpDeps & LitellmDeps & ShellDeps & HttpApiDeps & WebsocketDeps;

/** All backends. */
export function createBackends(deps: BackendDeps): readonly AnyBackend[] {
  return [mcp(deps), litellm(deps), bashCli(deps), httpApi(deps), websocket(deps)];
}

/** The configuration of each backend (see `Backend.config`), for surfaces that describe backends without creating them. */
export const BACKEND_CONFIGS: Readonly<Record<AgentBackend, TObject>> = {
  mcp: McpConfig,
  litellm: LitellmConfig,
  bash_cli: BashCliConfig,
  http_api: HttpApiConfig,
  websocket: WebsocketConfig,
};
