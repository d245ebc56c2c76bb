import { forwardLogLines } from '../../agents/shared/log-lines.ts';
import { abortFault } from '../../core/abort.ts';
import type { ToolContext } from '../../core/agent-session.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { ERROR_CODES, type ErrorCode, Fault } from '../../core/errors.ts';
import { limitFault, type Process } from '../../core/programs/sandbox.ts';
import type { WorkItem, WorkResult } from '../../core/runtime.ts';
import type { Json } from '../../lib/json.ts';
import { storeArtifacts } from './store-artifacts.ts';
import { readWorkerOutput } from './worker-output.ts';

/** The environment of every worker; nothing of this server's environment. */
const BASE_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/tmp' };

/** The environment of a pool, with its secrets resolved. @throws Fault FORBIDDEN, NOT_FOUND */
export function workerEnvironment(
  env: Readonly<Record<string, string>>,
  program: CanonicalUri,
  { secret }: Pick<ToolContext, 'secret'>,
): Readonly<Record<string, string>> {
  const variables = Object.entries(env).map(([name, value]) => {
    const [, secretName] = /^secret:([A-Z][A-Z0-9_]*)$/.exec(value) ?? [];
    return [name, secretName === undefined ? value : secret(secretName, program)];
  });
  return { ...BASE_ENVIRONMENT, ...Object.fromEntries(variables) };
}

/** How long a worker's pipes may stay open after its end. */
const PIPE_GRACE_MS = 500;

/**
 * Sends the item to a new worker, and waits for its result. stderr becomes log lines.
 * @throws Fault as the worker reports it; UNAVAILABLE, which can be retried, when it ends without a result
 */
export async function runWorker(
  worker: Process,
  item: WorkItem,
  workspace: string,
  context: ToolContext,
): Promise<Json> {
  try {
    // It need not read its input.
    worker.stdin.end(`${JSON.stringify(item)}\n`);
    // The client of Docker and bubblewrap name the folder when they cannot mount it.
    const withoutPath = (text: string) => text.replaceAll(workspace, item.workspace);
    const log: ToolContext['log'] = (level, text) => context.log(level, withoutPath(text));
    const stderrTail = forwardLogLines(worker.stderr, log, 'WARN');
    const output = readWorkerOutput(worker.stdout, context);
    // It is awaited below, even if the process ends first.
    output.catch(() => {});
    const status = await Promise.race([worker.exited, output.then(() => worker.exited)]);
    // Ends background processes too, which closes the pipes.
    worker.kill();
    const result = await Promise.race([output, pipeGracePeriod()]);
    context.signal.throwIfAborted();
    const fault = limitFault('The worker', status);
    if (fault) throw fault;
    if (result && (status.code === 0 || result.status === 'failed')) return await outcomeOf(result, workspace, context);
    const how = status.code === null ? `was ended by ${status.signal}` : `ended with code ${status.code}`;
    const why = withoutPath(stderrTail()) || 'It wrote nothing to stderr.';
    const message = `The worker ${how}${result ? '' : ' without a result'}. ${why}`;
    throw new Fault('UNAVAILABLE', message, { retryAfterMs: 1_000 });
  } catch (error) {
    worker.kill();
    if (context.signal.aborted) throw abortFault(context.signal);
    throw error;
  }
}

function pipeGracePeriod(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, PIPE_GRACE_MS, undefined).unref());
}

async function outcomeOf(result: WorkResult, workspace: string, context: ToolContext): Promise<Json> {
  if (result.status === 'succeeded') {
    const artifacts = await storeArtifacts(result.artifacts ?? [], workspace, context);
    if (artifacts.length === 0) return result.output ?? null;
    return { output: result.output ?? null, artifacts: artifacts.map((one) => ({ ...one })) };
  }
  const { code, message, retryable = false, details } = result.error ?? { message: 'The worker gave no reason.' };
  throw new Fault(codeOf(code, retryable), message, details === undefined ? {} : { details });
}

/** Codes of errors that can be retried. */
const RETRYABLE_CODES: readonly ErrorCode[] = ['UNAVAILABLE', 'RESOURCE_UNREACHABLE', 'THROTTLED', 'TIMEOUT'];

/** The code of the worker, unless it contradicts `retryable`. */
function codeOf(code: string | undefined, retryable: boolean): ErrorCode {
  const errorCode = ERROR_CODES.find(
    (one) => one === code && RETRYABLE_CODES.includes(one) === retryable && one !== 'INTERNAL',
  );
  return errorCode ?? (retryable ? 'UNAVAILABLE' : 'BAD_INPUT');
}
