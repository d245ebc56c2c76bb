import { abortFault } from '../../core/abort.ts';
import type { ToolContext } from '../../core/agent-session.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { ERROR_CODES, type ErrorCode, Fault } from '../../core/errors.ts';
import type { WorkItem, WorkResult } from '../../core/runtime.ts';
import type { Process } from '../../core/sandbox.ts';
import type { Json } from '../../lib/json.ts';
import { storeArtifacts } from './store-artifacts.ts';
import { readWorkerOutput } from './worker-output.ts';

/** What every worker finds; nothing of this server's own environment. */
const BASE_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/tmp' };

/** The environment of a pool, with the secrets that it names. @throws Fault FORBIDDEN, NOT_FOUND */
export function workerEnvironment(
  env: Readonly<Record<string, string>>,
  program: CanonicalUri,
  { secret }: Pick<ToolContext, 'secret'>,
): Readonly<Record<string, string>> {
  const named = Object.entries(env).map(([name, value]) => {
    const [, wanted] = /^secret:([A-Z][A-Z0-9_]*)$/.exec(value) ?? [];
    return [name, wanted === undefined ? value : secret(wanted, program)];
  });
  return { ...BASE_ENVIRONMENT, ...Object.fromEntries(named) };
}

const MAX_STDERR_CHARS = 2_000;
/** How long a worker's pipes may stay open after it has ended. */
const PIPE_GRACE_MS = 500;

/**
 * Hands the item to a worker that has just been started, and waits for what it answers. stderr becomes log lines.
 * @throws Fault as the worker says; UNAVAILABLE, which may be tried again, when it ends without a result
 */
export async function runWorker(
  worker: Process,
  item: WorkItem,
  workspace: string,
  context: ToolContext,
): Promise<Json> {
  try {
    // It need not read what it is given.
    worker.stdin.end(`${JSON.stringify(item)}\n`);
    const said = logErrors(worker, context);
    const answer = readWorkerOutput(worker.stdout, context);
    // It is awaited below, whatever comes first.
    answer.catch(() => {});
    const ended = await Promise.race([worker.exited, answer.then(() => worker.exited)]);
    // What it left in the background ends with it, and with that its pipes.
    worker.kill();
    const result = await Promise.race([answer, pipeGracePeriod()]);
    context.signal.throwIfAborted();
    if (result && (ended.code === 0 || result.status === 'failed')) return await outcomeOf(result, workspace, context);
    const how = ended.code === null ? `was ended by ${ended.signal}` : `ended with code ${ended.code}`;
    const why = said() || 'It wrote nothing to stderr.';
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

/** @returns its newest words */
function logErrors({ stderr }: Process, { log }: ToolContext): () => string {
  let newest = '';
  let line = '';
  stderr.setEncoding('utf8');
  stderr.on('data', (text: string) => {
    newest = (newest + text).slice(-MAX_STDERR_CHARS);
    const lines = (line + text).split('\n');
    line = (lines.pop() ?? '').slice(0, MAX_STDERR_CHARS);
    for (const one of lines) if (one.trim() !== '') log('WARN', one);
  });
  stderr.once('end', () => {
    if (line.trim() !== '') log('WARN', line);
  });
  return () => newest.trim();
}

async function outcomeOf(result: WorkResult, workspace: string, context: ToolContext): Promise<Json> {
  if (result.status === 'succeeded') {
    const kept = await storeArtifacts(result.artifacts ?? [], workspace, context);
    if (kept.length === 0) return result.output ?? null;
    return { output: result.output ?? null, artifacts: kept.map((one) => ({ ...one })) };
  }
  const { code, message, retryable = false, details } = result.error ?? { message: 'It gave no reason.' };
  throw new Fault(codeOf(code, retryable), message, details === undefined ? {} : { details });
}

/** The codes that say that it may pass, and those that say that it does not. */
const RETRYABLE_CODES: readonly ErrorCode[] = ['UNAVAILABLE', 'RESOURCE_UNREACHABLE', 'THROTTLED', 'TIMEOUT'];

/** What the worker calls it, where that agrees with whether it may be tried again. */
function codeOf(code: string | undefined, retryable: boolean): ErrorCode {
  const known = ERROR_CODES.find(
    (one) => one === code && RETRYABLE_CODES.includes(one) === retryable && one !== 'INTERNAL',
  );
  return known ?? (retryable ? 'UNAVAILABLE' : 'BAD_INPUT');
}
