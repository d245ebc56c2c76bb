import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { Fault } from '../../../core/errors.ts';
import type { SignedIn } from '../../../core/principal.ts';
import type { RunRecord, RunSnapshot } from '../../../core/run.ts';
import { isFinalRunState } from '../../../core/states.ts';
import type { Logger } from '../../../core/telemetry.ts';
import type { DownloadDeps } from '../../../engine/requests/find-download.ts';
import { ERROR_META, RUN_ID_META, runUri } from '../protocol/identifiers.ts';
import { MAX_TEXT_BYTES } from '../protocol/mcp-limits.ts';
import { reportBug } from '../protocol/rpc-error.ts';
import { outputContent, type ResultContent } from './output-content.ts';
import { pendingResult } from './pending-result.ts';

/**
 * How a run ended, or where it stands, as the result of a call. A run that failed is a result too: a model can read it
 * and do better.
 * @param whole as `contentOfOutput` takes it
 */
export async function runResult(
  deps: DownloadDeps,
  who: SignedIn,
  snapshot: RunSnapshot,
  whole: boolean,
): Promise<CallToolResult> {
  const { run, steps } = snapshot;
  if (!isFinalRunState(run.state)) return pendingResult(deps.reader, snapshot);
  if (run.state !== 'SUCCEEDED') return failureResult(run);
  const output = steps.at(-1)?.output;
  const made = run.kind !== 'WORKFLOW' && output ? await outputContent(deps, who, output, whole) : workflowOutputs(run);
  const { content, structured } = made;
  return { content, ...(structured && { structuredContent: structured }), _meta: { [RUN_ID_META]: run.id } };
}

/** What was refused before there was a run. */
export function faultResult(error: unknown, logger: Logger): CallToolResult {
  if (!(error instanceof Fault)) return errorResult({ code: 'INTERNAL', message: reportBug(error, logger) });
  const { code, message, violations, retryAfterMs } = error;
  const untold = violations.filter((one) => !message.includes(one.message));
  return errorResult(
    {
      ...{ code, message },
      ...(violations.length > 0 && { violations }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
    untold.map(({ path, message: what }) => `\n${path || '/'} ${what}`).join(''),
  );
}

function failureResult({ id, state, error }: RunRecord): CallToolResult {
  const { code = 'CANCELLED', message = `The run ${id} is ${state}.`, step, details } = error ?? {};
  const told = { code, message, ...(step !== undefined && { step }), ...(details !== undefined && { details }) };
  return errorResult(told, '', { [RUN_ID_META]: id });
}

function errorResult(error: { readonly code: string; readonly message: string }, more = '', meta = {}): CallToolResult {
  return {
    content: [{ type: 'text', text: `${error.code}: ${error.message}${more}` }],
    isError: true,
    _meta: { ...meta, [ERROR_META]: error },
  };
}

/** The named outputs of a workflow. */
function workflowOutputs({ id, outputs }: RunRecord): ResultContent {
  const link = { type: 'resource_link', uri: runUri(id), name: id, mimeType: 'application/json' } as const;
  if (outputs === undefined) return { content: [{ type: 'text', text: `The run ${id} has succeeded.` }, link] };
  const text = JSON.stringify(outputs);
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES) return { content: [link] };
  return { content: [{ type: 'text', text }], structured: outputs };
}
