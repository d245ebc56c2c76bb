import type { Authenticator } from '../../../auth/authenticator.ts';
import type { AnyCommand } from '../../../commands/definition/define-command.ts';
import type { Clock } from '../../../core/clock.ts';
import { Fault } from '../../../core/errors.ts';
import type { Journal } from '../../../core/journal.ts';
import type { Scope, SignedIn } from '../../../core/principal.ts';
import type { Logger } from '../../../core/telemetry.ts';
import type { Workflows } from '../../../core/workflows/workflows.ts';
import type { Engine } from '../../../engine/requests/engine.ts';
import type { DownloadDeps } from '../../../engine/requests/find-download.ts';
import { scopeOf } from '../../../policy/visibility.ts';
import type { AnyTool } from '../../../tools/define-tool.ts';

/** The dependencies of the MCP surface, which `compose/` provides. */
export interface McpDeps extends DownloadDeps {
  readonly version: string;
  readonly engine: Engine;
  readonly journal: Journal;
  /** The saved workflows. */
  readonly workflows: Workflows;
  /** Built in and from plugins. */
  readonly commands: readonly AnyCommand[];
  readonly tools: readonly AnyTool[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onInvalid: Authenticator['onInvalid'];
}

/** The principal and the trace of a request. */
export interface McpCaller {
  readonly principal: SignedIn;
  /** W3C trace id. */
  readonly traceId: string;
}

/** Which runs the caller may see. @throws Fault FORBIDDEN when the policy lets them see none */
export function callerScope({ policy }: Pick<McpDeps, 'policy'>, who: SignedIn): Scope {
  const scope = scopeOf(who, policy);
  if (scope) return scope;
  throw new Fault('FORBIDDEN', 'The policy lets your roles see no runs. A rule for query:runs would allow it.');
}
