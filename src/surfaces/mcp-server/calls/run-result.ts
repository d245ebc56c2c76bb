import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { Fault } from '../../../core/errors.ts';
import type { SignedIn } from '../../../core/principal.ts';
import type { RunRecord, RunSnapshot } from '../../../core/run.ts';
import { isFinalRunState } from '../../../core/states.ts';
import type { Logger } from '../../../core/telemetry.ts';
import type { DownloadDeps } from '../../../engine/requests/find-download.ts';
import { ERROR, RUN_ID, runUri } from '../protocol/identifiers.ts';
import { MOST_TEXT_BYTES } from '../protocol/mcp-limits.ts';
import { bugMessage } from '../protocol/rpc-error.ts';
import { type Content, contentOfOutput } from './output-content.ts';
import { waitingResult } from './pending-result.ts';

/**
 * How a run ended, or where it stands, as the result of a call. A run that failed is a result too: a model can read it
 * and do better.
 * @param whole as `contentOfOutput` takes it
 */
export async function resultOfRun(
  deps: DownloadDeps,
  who: SignedIn,
  snapshot: RunSnapshot,
  whole: boolean,
): Promise<CallToolResult> {
  const { run, steps } = snapshot;
  if (!isFinalRunState(run.state)) return waitingResult(deps.reader, snapshot);
  if (run.state !== 'SUCCEEDED') return failed(run);
  const output = steps.at(-1)?.output;
  const made = run.kind !== 'WORKFLOW' && output ? await contentOfOutput(deps, who, output, whole) : outputsOf(run);
  const { content, structured } = made;
  return { content, ...(structured && { structuredContent: structured }), _meta: { [RUN_ID]: run.id } };
}

/** What was refused before there was a run. */
export function resultOfFault(error: unknown, logger: Logger): CallToolResult {
  if (!(error instanceof Fault)) return errorResult({ code: 'INTERNAL', message: bugMessage(error, logger) });
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

function failed({ id, state, error }: RunRecord): CallToolResult {
  const { code = 'CANCELLED', message = `The run ${id} is ${state}.`, step, details } = error ?? {};
  const told = { code, message, ...(step !== undefined && { step }), ...(details !== undefined && { details }) };
  return errorResult(told, '', { [RUN_ID]: id });
}

function errorResult(error: { readonly code: string; readonly message: string }, more = '', meta = {}): CallToolResult {
  return {
    content: [{ type: 'text', text: `${error.code}: ${error.message}${more}` }],
    isError: true,
    _meta: { ...meta, [ERROR]: error },
  };
}

/** The named outputs of a workflow. */
function outputsOf({ id, outputs }: RunRecord): Content {
  const link = { type: 'resource_link', uri: runUri(id), name: id, mimeType: 'application/json' } as const;
  if (outputs === undefined) return { content: [{ type: 'text', text: `The run ${id} has succeeded.` }, link] };
  const text = JSON.stringify(outputs);
  if (Buffer.byteLength(text) > MOST_TEXT_BYTES) return { content: [link] };
  return { content: [{ type: 'text', text }], structured: outputs };
}
