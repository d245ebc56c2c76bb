import { createHash } from 'node:crypto';
import type { AnyCommand } from '../../commands/definition/define-command.ts';
import { validateOptions } from '../../commands/definition/validate-options.ts';
import type { AgentSession, RemoteTool, SavedArtifact } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { Decision } from '../../core/policy.ts';
import type { Failure } from '../../core/run.ts';
import { canonicalJson, isJsonObject, type Json, type JsonObject, wellFormedJson } from '../../lib/json.ts';
import { type AccessRequest, toolAccessRequests } from '../capabilities/access-requests.ts';
import { type Attempt, PausedError } from '../model/attempt.ts';
import { MAX_INLINE_BYTES } from '../outputs/store-output.ts';
import { toFailure } from '../outputs/to-failure.ts';
import type { SecretRedactor } from '../steps/secret-redactor.ts';
import type { AgentStepDeps } from '../steps/step-deps.ts';
import type { ToolContexts } from '../steps/tool-context.ts';
import type { ApprovalDecision, ReplayLog } from './replay-log.ts';

/** Maximum JSON of a result that is stored as an artifact. */
const MAX_RESULT_BYTES = 8 * 1024 * 1024;

/** Calls the tool of this server, or the remote one. */
type PerformCall = (args: JsonObject, signal: AbortSignal) => Promise<Json>;

interface ToolCall {
  readonly id: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly remote: RemoteTool | undefined;
  readonly asks: readonly AccessRequest[];
  /** It may be repeated when its outcome is unknown. */
  readonly repeatable: boolean;
  readonly perform: PerformCall;
}

/** @param asked the policy was asked before the step began */
export function createToolCaller(
  deps: AgentStepDeps,
  redactor: SecretRedactor,
  {
    contexts,
    replayLog,
    asked: isAuthorized = false,
  }: { readonly contexts: ToolContexts; readonly replayLog: ReplayLog; readonly asked?: boolean },
): AgentSession['callTool'] {
  const { attempt } = redactor;
  const { step, signal } = attempt;
  let count = 0;
  return async (tool, input, remote) => {
    count += 1;
    const args = wellFormedJson(input);
    // The same when the step is replayed, so that the call is found in the journal.
    const id = `call_${createHash('sha256').update(`${step.id}/${step.attempt}/${count}`).digest('hex').slice(0, 32)}`;
    const result = replayLog.results.get(id);
    if (result) {
      assertSameCall(replayLog, id, tool);
      if (result.error) throw toFault(result.error);
      return result.kept ? readSavedResult(deps, result.result) : (result.result ?? null);
    }
    signal.throwIfAborted();
    const call = resolveCall(deps, contexts, { id, tool, args, remote });
    if (replayLog.calls.has(id)) assertSameCall(replayLog, id, tool);
    else if (!isAuthorized) authorizeCall(deps, attempt, call, replayLog.decisions.get(approvalKey(call)));
    return performCall(deps, redactor, contexts, call, replayLog.calls.has(id));
  };
}

/** @throws Fault NOT_FOUND, BAD_INPUT for arguments that do not fit, RESOURCE_TOO_LARGE */
function resolveCall(
  deps: AgentStepDeps,
  contexts: ToolContexts,
  call: Pick<ToolCall, 'id' | 'tool' | 'args' | 'remote'>,
): ToolCall {
  const { tool: name, args, remote } = call;
  if (Buffer.byteLength(JSON.stringify(args)) > MAX_INLINE_BYTES) {
    const message = `A tool takes at most ${MAX_INLINE_BYTES} bytes of arguments. Pass the URI of an artifact instead.`;
    throw new Fault('RESOURCE_TOO_LARGE', message);
  }
  if (remote) {
    const asks = [{ action: `tool:${name}`, uri: remote.uri }];
    return { ...call, asks, repeatable: false, perform: (input, signal) => remote.perform(input, signal) };
  }
  const tool = deps.capabilities.tool(name);
  const options = validateOptions(deps.capabilities.of({ kind: 'TOOL', capability: name }) as AnyCommand, args);
  const perform: PerformCall = async (input, signal) => (await tool.run(input, contexts(signal))) as Json;
  const repeatable = tool.effect === 'pure' || tool.idempotent === true;
  return { ...call, args: options, asks: toolAccessRequests(tool, options), repeatable, perform };
}

/** Asks the policy, and for an approval where it requires one. @throws Fault FORBIDDEN, THROTTLED; PausedError */
function authorizeCall(
  { gate, clock, logger }: AgentStepDeps,
  attempt: Attempt,
  call: ToolCall,
  approval: ApprovalDecision | undefined,
): void {
  const { step, actor, emit } = attempt;
  const { id, tool, args, asks } = call;
  const at = clock.now();
  const decided = (decision: Decision) => emit({ type: 'POLICY_DECIDED', at, step: step.key, payload: { decision } });
  const refused = (fault: Fault): Fault => {
    emit({ type: 'TOOL_CALLED', at, step: step.key, payload: { call: { id, tool, arguments: args } } });
    const error = toFailure(fault, logger, {});
    emit({ type: 'TOOL_RETURNED', at, step: step.key, payload: { call: { id, tool, error, durationMs: 0 } } });
    return fault;
  };
  if (approval && approval.state !== 'APPROVED') {
    const { by, comment } = approval;
    const message = by
      ? `${by.username} did not approve ${tool}${comment === undefined ? '.' : `: ${comment}`}`
      : `The call of ${tool} was not approved in time.`;
    throw refused(new Fault('FORBIDDEN', message));
  }
  const result = gate.askAll(actor, asks, approval !== undefined);
  const isRefused = result.type === 'denied' || result.type === 'throttled';
  for (const decision of isRefused ? result.decisions.slice(0, result.index + 1) : result.decisions) {
    // The journal has the approval, and the decision that required it, already.
    if (decision.effect !== 'APPROVE' || !approval) decided(decision);
  }
  if (isRefused) throw refused(result.fault);
  if (result.type === 'allowed') return;
  throw new PausedError(
    approvalKey(call),
    { id, tool, arguments: args },
    `${step.title} wants to call ${tool} with ${summarizeArguments(args)}. ${result.fault.decision?.reason ?? ''}`,
  );
}

/**
 * Identifies what is approved: this call at its position, with these arguments and targets. A remote server may offer a
 * different tool after the approval.
 */
function approvalKey({ id, tool, args, asks }: ToolCall): string {
  const identity = canonicalJson([id, tool, args, asks.map(({ uri }) => uri?.href ?? null)]);
  return `call_${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`;
}

const MAX_SHOWN_CHARACTERS = 1_000;

function summarizeArguments(args: JsonObject): string {
  const text = JSON.stringify(args);
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS).toWellFormed()}…` : text;
}

async function performCall(
  deps: AgentStepDeps,
  redactor: SecretRedactor,
  contexts: ToolContexts,
  call: ToolCall,
  wasCalled: boolean,
): Promise<Json> {
  const { clock, logger } = deps;
  const { step, signal, emit, flush } = redactor.attempt;
  const { id, tool, args } = call;
  const began = clock.now();
  const returned = (outcome: { result: Json; kept?: true } | { error: Failure }) => {
    const at = clock.now();
    const durationMs = at.getTime() - began.getTime();
    emit({ type: 'TOOL_RETURNED', at, step: step.key, payload: { call: { id, tool, ...outcome, durationMs } } });
  };
  if (!wasCalled)
    emit({ type: 'TOOL_CALLED', at: began, step: step.key, payload: { call: { id, tool, arguments: args } } });
  try {
    if (wasCalled && !call.repeatable) throw new Fault('UNAVAILABLE', INTERRUPTED_MESSAGE);
    // A call that acts on the outside world must be on record first.
    if (!call.repeatable) await flush();
    const result = redactor.redactJson(wellFormedJson(await call.perform(args, signal)));
    const text = canonicalJson(result);
    if (Buffer.byteLength(text) <= MAX_INLINE_BYTES) returned({ result });
    else returned({ result: await saveResult(contexts(signal), id, text), kept: true });
    return result;
  } catch (error) {
    // A tool that is aborted together with its step has no result; the next attempt finds that it was called.
    if (signal.aborted) throw error;
    const failure = toFailure(error, logger, { stepId: step.id });
    returned({ error: failure });
    throw error instanceof Fault ? error : toFault(failure);
  }
}

const INTERRUPTED_MESSAGE =
  'The server stopped while this tool was running. It may or may not have acted: check before you call it again.';

async function saveResult(context: Pick<AgentSession, 'saveArtifact'>, id: string, text: string): Promise<Json> {
  if (Buffer.byteLength(text) > MAX_RESULT_BYTES) {
    throw new Fault('RESOURCE_TOO_LARGE', `A tool may return at most ${MAX_RESULT_BYTES} bytes of JSON. Request less.`);
  }
  const artifact: SavedArtifact = await context.saveArtifact(`${id}.json`, 'application/json', text);
  return { ...artifact };
}

async function readSavedResult({ artifacts }: AgentStepDeps, result: Json | undefined): Promise<Json> {
  const digest = isJsonObject(result) ? String(result.sha256) : '';
  return parseJson(Buffer.from(await artifacts.read(digest, MAX_RESULT_BYTES)).toString('utf8')) as Json;
}

/** A replay must make the same calls. @throws Fault CONFLICT */
function assertSameCall(replayLog: ReplayLog, id: string, tool: string): void {
  const earlier = replayLog.calls.get(id);
  if (!earlier || earlier.tool === tool) return;
  throw new Fault('CONFLICT', DIVERGED_MESSAGE);
}

export const DIVERGED_MESSAGE =
  'The step diverged from its recorded history: the agent is not deterministic, or the server has changed. Retry the step from its beginning.';

function toFault({ code, message, details }: Failure): Fault {
  return new Fault(code, message, details === undefined ? {} : { details });
}
