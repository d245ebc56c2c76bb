import type { Readable } from 'node:stream';
import type { ToolContext } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { WorkResult } from '../../core/runtime.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';

/** Limits of one line and of the whole output. */
const MAX_LINE_BYTES = 4 * 2 ** 20;
const MAX_OUTPUT_BYTES = 64 * 2 ** 20;

/**
 * Reads a worker's standard output line by line: `{"log": …}`, `{"progress": …}`, and finally its result. Any
 * other line is a log line.
 * @throws Fault RESOURCE_TOO_LARGE; the caller must end the worker then
 */
export async function readWorkerOutput(
  stdout: Readable,
  context: Pick<ToolContext, 'log' | 'progress'>,
): Promise<WorkResult | undefined> {
  let result: WorkResult | undefined;
  for await (const line of linesOf(stdout)) {
    const message = parseMessage(line);
    // Only the last line counts: an earlier one that looked like a result is a log line.
    if (result) context.log('INFO', JSON.stringify(result));
    result = message && isResult(message) ? message : undefined;
    if (!result) forwardMessage(line, message, context);
  }
  return result;
}

async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  let total = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > MAX_OUTPUT_BYTES) throw tooLargeFault('in total', MAX_OUTPUT_BYTES);
    const bytes = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      yield bytes.toString('utf8', from, at);
      from = at + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > MAX_LINE_BYTES) throw tooLargeFault('in one line', MAX_LINE_BYTES);
  }
  if (rest.length > 0) yield rest.toString('utf8');
}

function forwardMessage(
  line: string,
  message: JsonObject | undefined,
  { log, progress }: Pick<ToolContext, 'log' | 'progress'>,
): void {
  if (typeof message?.log === 'string') log(levelOf(message.level), message.log);
  else if (isJsonObject(message?.progress)) {
    const { percent, memo } = message.progress;
    const progressPercent =
      typeof percent === 'number' && percent >= 0 && percent <= 100 ? Math.round(percent) : undefined;
    progress(progressPercent, typeof memo === 'string' ? memo : undefined);
  } else if (line.trim() !== '') log('INFO', line);
}

function levelOf(level: Json | undefined) {
  const logLevel = (['DEBUG', 'INFO', 'WARN', 'ERROR'] as const).find((one) => one === String(level).toUpperCase());
  return logLevel ?? 'INFO';
}

function parseMessage(line: string): JsonObject | undefined {
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    const value = parseJson(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isResult(value: JsonObject): value is JsonObject & WorkResult {
  if (value.status === 'succeeded') return value.artifacts === undefined || isArtifacts(value.artifacts);
  return value.status === 'failed' && isJsonObject(value.error) && typeof value.error.message === 'string';
}

function isArtifacts(value: Json): boolean {
  const isText = (text: Json | undefined) => text === undefined || typeof text === 'string';
  return (
    Array.isArray(value) &&
    value.length <= 1_000 &&
    value.every(
      (one) => isJsonObject(one) && typeof one.path === 'string' && isText(one.name) && isText(one.media_type),
    )
  );
}

function tooLargeFault(where: string, bytes: number): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    `The worker wrote more than ${bytes} bytes ${where}. Write large data to a file in the workspace.`,
  );
}
