import type { AgentSession, ToolContext } from '../../core/agent-session.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** An HTTP request of a plugin. */
export interface PluginRequest {
  /** Default: GET. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `secret:NAME` in a value stands for that secret, when the policy lets `secret:NAME` go to the URL. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Also ends the request; the time limit of the step always does. */
  readonly signal?: AbortSignal;
}

/** What plugins do with URIs, which they state as text. */
interface PluginAccess {
  /**
   * Sends an HTTP request, after the policy was asked about the URL under the action of the plugin. Only public and
   * explicitly allowed addresses are reached, redirects are failures, a response may have 16 MiB.
   * @throws Fault FORBIDDEN, APPROVAL_REQUIRED, THROTTLED, BAD_INPUT, RESOURCE_UNREACHABLE, RESOURCE_TOO_LARGE, TIMEOUT;
   *   not for the status of a response
   */
  fetch(url: string, request?: PluginRequest): Promise<Response>;
  /** The value of a secret for use at this URI, when the policy lets `secret:NAME` go there. @throws Fault FORBIDDEN, NOT_FOUND */
  secret(name: string, uri: string): string;
}

/** What a tool may use. */
export interface PluginContext extends Omit<ToolContext, 'authorize' | 'secret'>, PluginAccess {}

/**
 * What a kind of step or an agent backend may use. After a pause for approval or a restart it runs again from its beginning:
 * `addMessage`, `requestModel` and `callTool` then return what the journal has.
 */
export interface PluginSession extends Omit<AgentSession, 'authorize' | 'secret' | 'callTool'>, PluginAccess {
  /**
   * Calls a tool of this server if the policy allows `tool:NAME`. If the call needs approval, the step pauses: this then throws
   * something that is not a Fault and must be rethrown. @throws Fault FORBIDDEN, NOT_FOUND, and whatever the tool throws
   */
  callTool(tool: string, args: JsonObject): Promise<Json>;
}
