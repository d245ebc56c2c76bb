import { randomUUID } from 'node:crypto';
import type { CallToolResult, LoggingLevel } from '@modelcontextprotocol/sdk/types.js';
import { Fault } from '../../../core/errors.ts';
import type { Event } from '../../../core/event.ts';
import type { RunSnapshot } from '../../../core/run.ts';
import { isFinalRunState } from '../../../core/states.ts';
import { followRun } from '../../../engine/requests/wait-for-end.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { matchName } from '../../../workflow/forms/envelope.ts';
import { IDEMPOTENCY_KEY_META } from '../protocol/identifiers.ts';
import type { McpCaller, McpDeps } from '../protocol/mcp-deps.ts';
import { RPC_CODES, RpcError } from '../protocol/rpc-error.ts';
import { findWorkflowByToolName, type ToolNames } from '../tools/tool-names.ts';
import { findRunOfCall, forwardEvents } from './call-events.ts';
import { createLogMessages } from './log-messages.ts';
import { resumesUnattended } from './pending-result.ts';
import { createProgressReporter, type Progress } from './progress.ts';
import { faultResult, runResult } from './run-result.ts';

/** A call as it comes from a client, and the ways to tell it something before its result. */
export interface ToolCallRequest {
  readonly name: string;
  readonly arguments: JsonObject;
  /** Its `_meta`. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Aborts when the client cancels the call: the run is cancelled too. */
  readonly cancelled: AbortSignal;
  /** Aborts when nobody waits for the result any longer, although the run continues. */
  readonly detached: AbortSignal;
  /** Present when the client requested progress. */
  readonly onProgress?: (progress: Progress) => void;
  readonly log?: {
    readonly level: LoggingLevel;
    readonly send: Parameters<typeof createLogMessages>[1];
  };
}

type StartRun = (key: string) => Promise<RunSnapshot>;

/**
 * Runs a command, a tool or a saved workflow. A failure is also a result, so that a model can react to it.
 * @throws RpcError when no tool has that name
 */
export async function handleToolCall(
  deps: McpDeps,
  names: ToolNames,
  caller: McpCaller,
  called: ToolCallRequest,
): Promise<CallToolResult> {
  const call = { ...called, name: names.original(called.name) ?? called.name };
  const start = await resolveStart(deps, caller, call);
  // A tool's output schema is a promise about its whole output.
  const whole = deps.tools.some(({ name }) => name === call.name);
  try {
    return await runResult(deps, caller.principal, await executeRun(deps, caller, call, start), whole);
  } catch (error) {
    return faultResult(error, deps.logger);
  }
}

/** What the name stands for. Whether the caller may do it is asked when it is done, and recorded. */
async function resolveStart(
  deps: McpDeps,
  { principal, traceId }: McpCaller,
  call: ToolCallRequest,
): Promise<StartRun> {
  const { engine, commands, tools, workflows } = deps;
  const { name, arguments: given } = call;
  const isTool = tools.some((tool) => tool.name === name);
  const command = isTool
    ? name
    : matchName(
        name,
        commands.map((one) => one.name),
      );
  if (commands.some((one) => one.name === command)) {
    const request = { command, options: given, traceId };
    return async (idempotencyKey) => (await engine.executeCommand(principal, { ...request, idempotencyKey })).snapshot;
  }
  if (isTool) {
    const request = { tool: name, arguments: given, traceId };
    return async (idempotencyKey) => (await engine.callTool(principal, { ...request, idempotencyKey })).snapshot;
  }
  const workflow = await findWorkflowByToolName(workflows, principal.tenant, name);
  if (workflow !== undefined) {
    const request = { source: { name: workflow }, inputs: given, traceId };
    return (idempotencyKey) => engine.startWorkflow(principal, { ...request, idempotencyKey });
  }
  throw new RpcError(RPC_CODES.params, `Unknown tool: ${name.slice(0, 200)}. Ask for tools/list.`);
}

/** The run at its end, when it waits for a person, or when nobody waits for it any longer. */
async function executeRun(
  deps: McpDeps,
  caller: McpCaller,
  call: ToolCallRequest,
  start: StartRun,
): Promise<RunSnapshot> {
  const { reader, journal } = deps;
  const { principal } = caller;
  if (call.cancelled.aborted) throw new Fault('CANCELLED', 'The call was cancelled before it began.');
  const over = new AbortController();
  const key = idempotencyKeyOf(call);
  const find = () => findRunOfCall(reader, principal, key, over.signal);
  const cancel = () => void cancelRun(deps, caller, find());
  const listeners = createListeners(call);
  const telling =
    listeners.length === 0
      ? undefined
      : forwardEvents(journal, find(), (event) => {
          for (const listen of listeners) listen(event);
        });
  call.cancelled.addEventListener('abort', cancel, { once: true });
  try {
    const begun = await start(key);
    const enough = (now: RunSnapshot) => isFinalRunState(now.run.state) || !resumesUnattended(now);
    const follow = () =>
      followRun(deps, principal.tenant, begun.run.id, enough, AbortSignal.any([call.cancelled, call.detached]));
    const run = enough(begun) ? begun : await follow();
    await telling?.finish(run.run);
    return run;
  } finally {
    // A reason, although nobody reads it: without one, each call would create an error.
    over.abort('over');
    telling?.stop();
    call.cancelled.removeEventListener('abort', cancel);
  }
}

/** Every call has a key, by which its run is found while the call is pending. */
function idempotencyKeyOf({ meta }: ToolCallRequest): string {
  const given = meta[IDEMPOTENCY_KEY_META];
  if (given === undefined) return `mcp:${randomUUID()}`;
  if (typeof given === 'string') return given;
  throw new Fault('BAD_INPUT', `_meta["${IDEMPOTENCY_KEY_META}"] is a text.`);
}

function createListeners({ onProgress, log }: ToolCallRequest): readonly ((event: Event) => void)[] {
  return [
    ...(onProgress ? [createProgressReporter(onProgress)] : []),
    ...(log ? [createLogMessages(log.level, log.send)] : []),
  ];
}

async function cancelRun(
  { engine, logger }: McpDeps,
  { principal }: McpCaller,
  found: ReturnType<typeof findRunOfCall>,
): Promise<void> {
  try {
    const run = await found;
    if (run)
      await engine.cancelRun(principal, run.id, { reason: 'the MCP client cancelled the call', compensate: false });
  } catch (error) {
    // It may have ended, or the caller may not be allowed to cancel it: then it continues, which its resource shows.
    logger.debug('mcp.not_cancelled', { error });
  }
}
