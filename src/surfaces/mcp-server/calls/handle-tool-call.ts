import { randomUUID } from 'node:crypto';
import type { CallToolResult, LoggingLevel } from '@modelcontextprotocol/sdk/types.js';
import { Fault } from '../../../core/errors.ts';
import type { Event } from '../../../core/event.ts';
import type { RunSnapshot } from '../../../core/run.ts';
import { isFinalRunState } from '../../../core/states.ts';
import { followRun } from '../../../engine/requests/wait-for-end.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { IDEMPOTENCY_KEY } from '../protocol/identifiers.ts';
import type { McpCaller, McpDeps } from '../protocol/mcp-deps.ts';
import { RPC, RpcError } from '../protocol/rpc-error.ts';
import { WORKFLOW_PREFIX } from '../tools/describe-tool.ts';
import { runOfCall, tellEvents } from './call-events.ts';
import { createLogMessages } from './log-messages.ts';
import { goesOnByItself } from './pending-result.ts';
import { createProgress, type Progress } from './progress.ts';
import { resultOfFault, resultOfRun } from './run-result.ts';

/** A call as it comes from a client, and the ways to tell it something before its result. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: JsonObject;
  /** Its `_meta`. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Aborts when the client cancels the call: the run is cancelled too. */
  readonly cancelled: AbortSignal;
  /** Aborts when nobody waits for the result any more, although the run goes on. */
  readonly left: AbortSignal;
  /** Where the client asked for it. */
  readonly onProgress?: (progress: Progress) => void;
  readonly log?: {
    readonly level: LoggingLevel;
    readonly send: Parameters<typeof createLogMessages>[1];
  };
}

type Start = (key: string) => Promise<RunSnapshot>;

/**
 * Runs a command, a tool or a saved workflow. Whatever goes wrong with it is a result, which a model can learn from.
 * @throws RpcError when there is no tool of that name
 */
export async function callTool(deps: McpDeps, caller: McpCaller, call: ToolCall): Promise<CallToolResult> {
  const start = await startOf(deps, caller, call);
  // A tool's output schema is a promise about its whole output.
  const whole = deps.tools.some(({ name }) => name === call.name);
  try {
    return await resultOfRun(deps, caller.principal, await carryOut(deps, caller, call, start), whole);
  } catch (error) {
    return resultOfFault(error, deps.logger);
  }
}

/** What the name stands for. Whether the caller may do it is asked when it is done, and recorded. */
async function startOf(deps: McpDeps, { principal, traceId }: McpCaller, call: ToolCall): Promise<Start> {
  const { engine, commands, tools, workflows } = deps;
  const { name, arguments: given } = call;
  if (commands.some((command) => command.name === name)) {
    const request = { command: name, options: given, traceId };
    return async (idempotencyKey) => (await engine.executeCommand(principal, { ...request, idempotencyKey })).snapshot;
  }
  if (tools.some((tool) => tool.name === name)) {
    const request = { tool: name, arguments: given, traceId };
    return async (idempotencyKey) => (await engine.callTool(principal, { ...request, idempotencyKey })).snapshot;
  }
  const workflow = name.startsWith(WORKFLOW_PREFIX) ? name.slice(WORKFLOW_PREFIX.length) : undefined;
  if (workflow !== undefined && (await workflows.find(principal.tenant, workflow))) {
    const request = { source: { name: workflow }, inputs: given, traceId };
    return (idempotencyKey) => engine.startWorkflow(principal, { ...request, idempotencyKey });
  }
  throw new RpcError(RPC.params, `Unknown tool: ${name.slice(0, 200)}. Ask for tools/list.`);
}

/** The run at its end, or where it waits for somebody, or where it was when nobody waited any more. */
async function carryOut(deps: McpDeps, caller: McpCaller, call: ToolCall, start: Start): Promise<RunSnapshot> {
  const { reader, journal } = deps;
  const { principal } = caller;
  if (call.cancelled.aborted) throw new Fault('CANCELLED', 'The call was cancelled before it began.');
  const over = new AbortController();
  const key = keyOf(call);
  const find = () => runOfCall(reader, principal, key, over.signal);
  const cancel = () => void cancelRun(deps, caller, find());
  const listeners = listenersOf(call);
  const telling =
    listeners.length === 0
      ? undefined
      : tellEvents(journal, find(), (event) => {
          for (const listen of listeners) listen(event);
        });
  call.cancelled.addEventListener('abort', cancel, { once: true });
  try {
    const begun = await start(key);
    const left = AbortSignal.any([call.cancelled, call.left]);
    const enough = (now: RunSnapshot) => isFinalRunState(now.run.state) || !goesOnByItself(now);
    const run = enough(begun) ? begun : await followRun(deps, principal.tenant, begun.run.id, enough, left);
    await telling?.finish(run.run);
    return run;
  } finally {
    over.abort();
    telling?.stop();
    call.cancelled.removeEventListener('abort', cancel);
  }
}

/** Every call has a key, because its run is found by it while the call is under way. */
function keyOf({ meta }: ToolCall): string {
  const given = meta[IDEMPOTENCY_KEY];
  if (given === undefined) return `mcp:${randomUUID()}`;
  if (typeof given === 'string') return given;
  throw new Fault('BAD_INPUT', `_meta["${IDEMPOTENCY_KEY}"] is a text.`);
}

function listenersOf({ onProgress, log }: ToolCall): readonly ((event: Event) => void)[] {
  return [
    ...(onProgress ? [createProgress(onProgress)] : []),
    ...(log ? [createLogMessages(log.level, log.send)] : []),
  ];
}

async function cancelRun(
  { engine, logger }: McpDeps,
  { principal }: McpCaller,
  found: ReturnType<typeof runOfCall>,
): Promise<void> {
  try {
    const run = await found;
    if (run)
      await engine.cancelRun(principal, run.id, { reason: 'the MCP client cancelled the call', compensate: false });
  } catch (error) {
    // It may be over by now, or not the caller's to cancel: then it goes on, as the client can see in its resource.
    logger.debug('mcp.not_cancelled', { error });
  }
}
