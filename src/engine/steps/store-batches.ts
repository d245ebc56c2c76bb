import { writeFile } from 'node:fs/promises';
import { release, type Spooled, spoolBody, toFile } from '../../commands/conversion/spooled.ts';
import type { AnyCommand, CommandContext } from '../../commands/definition/define-command.ts';
import { validateOptions } from '../../commands/definition/validate-options.ts';
import { Fault } from '../../core/errors.ts';
import type { NewEvent } from '../../core/event.ts';
import { newId } from '../../core/ids.ts';
import type { Decision } from '../../core/policy.ts';
import type { ResourceInput, StepResult } from '../../core/resource.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { essenceOf } from '../../lib/media-type.ts';
import type { Capabilities } from '../capabilities/capabilities.ts';
import { actorOf } from '../model/actor.ts';
import type { Attempt } from '../model/attempt.ts';
import type { Preparation } from '../model/machine-input.ts';
import type { MutableStep, RunAggregate } from '../model/run-aggregate.ts';
import { type BatchItem, MAX_BATCH_BYTES } from '../outputs/batch-items.ts';
import type { BatchRange, ListFormat } from './batch-ranges.ts';
import type { BatchTask } from './batch-task.ts';
import type { CommandStepDeps } from './step-deps.ts';
import { openStepReader } from './step-reader.ts';

interface StoreBatchesDeps extends CommandStepDeps {
  readonly capabilities: Capabilities;
}

const MAX_BATCHES = 10_000;
const TASK_URL = new URL('./batch-task.ts', import.meta.url);
/** Of the CPU time that the search for the batches takes. */
const TIMEOUT_MS = 120_000;
/** What reads the source: its options name one. */
const READER = 'convertToJson';
const READ_ACTION = 'command:fetch';

/**
 * The items of a `for_each` with `batch`. They are stored as one artifact, and each batch is a part of it: neither the journal
 * nor memory ever holds all of them.
 * @param value a list, or the options of `convertToJson`, which names the source
 * @throws Fault BAD_INPUT, RESOURCE_TOO_LARGE, and as reading and converting the source does
 */
export async function storeBatches(
  deps: StoreBatchesDeps,
  run: RunAggregate,
  step: MutableStep,
  value: Json,
): Promise<Preparation> {
  const decisions: Decision[] = [];
  const emit = (event: NewEvent) => {
    if (event.type === 'POLICY_DECIDED') decisions.push(event.payload.decision);
  };
  const { signal } = new AbortController();
  const actor = actorOf(run.record);
  const waits = { delivered: () => {}, beginWait: () => () => {} };
  const attempt: Attempt = { run, step, actor, signal, emit, flush: async () => {}, ...waits };
  const context = createContext(deps, attempt);
  const { format, spooled } = Array.isArray(value)
    ? { format: 'list' as const, spooled: { bytes: Buffer.from(JSON.stringify(value)) } }
    : await readSource(deps, value, context);
  try {
    const file = await toFile(spooled, context);
    try {
      return { ...(await divide(deps, attempt, format, file.file, context)), decisions };
    } finally {
      await release(file);
    }
  } finally {
    await release(spooled);
  }
}

async function divide(
  deps: StoreBatchesDeps,
  { run, step, signal }: Attempt,
  format: ListFormat,
  file: string,
  { cpu }: CommandContext,
): Promise<Preparation> {
  const size = step.terms?.batch ?? 1;
  const task = { file, format, size, maxBatches: MAX_BATCHES, maxBytes: MAX_BATCH_BYTES };
  const options = { timeoutMs: TIMEOUT_MS, signal };
  const ranges = await cpu.run<BatchTask, readonly BatchRange[]>(TASK_URL, task, options);
  if (ranges.length === 0) return { type: 'items', items: [] };
  const artifacts = deps.quotas.artifactsOf(run.record.principal, deps.artifacts);
  const stored = await artifacts.adopt(file, { maxBytes: deps.maxResultBytes });
  const items = ranges.map((range): BatchItem => ({ digest: stored.digest, format, ...range }));
  const mediaType = format === 'list' ? 'application/json' : 'application/x-ndjson';
  const name = `${step.key}.${format === 'list' ? 'json' : 'ndjson'}`;
  return { type: 'items', items, artifact: { id: newId('art'), name, mediaType, ...stored } };
}

/** Reads and converts on behalf of the run. */
function createContext(deps: StoreBatchesDeps, attempt: Attempt): CommandContext {
  const reader = openStepReader(deps, [{ action: READ_ACTION }], attempt);
  return {
    ...reader,
    signal: attempt.signal,
    cpu: deps.cpu.of(attempt.actor),
    maxBytes: deps.maxResultBytes,
    scratch: () => deps.artifacts.scratch(),
    log() {},
  };
}

/** JSON and NDJSON stay as they are, however large; what has another format is converted. */
async function readSource(
  { capabilities }: StoreBatchesDeps,
  value: Json,
  context: CommandContext,
): Promise<{ readonly format: ListFormat; readonly spooled: Spooled }> {
  if (!isJsonObject(value)) {
    const message =
      'for_each with batch requires a list, or a source: {source: {uri}} with the options of convertToJson.';
    throw new Fault('BAD_INPUT', message, { path: ['for_each'] });
  }
  const command = capabilities.command(READER);
  const options = validateOptions(command as AnyCommand, value);
  const body = await context.read(options.source as unknown as ResourceInput);
  const format = options.schemaUri === undefined ? formatOf(options, body.mediaType) : undefined;
  if (format) return { format, spooled: await spoolBody(body, context) };
  const result = await command.run(options, { ...context, read: async () => body });
  return { format: 'list', spooled: await toSpooled(result, context) };
}

function formatOf({ mode }: JsonObject, mediaType: string): ListFormat | undefined {
  const essence = essenceOf(mediaType);
  if (mode !== 'AUTO' && mode !== 'JSON') return undefined;
  if (/^application\/(x-ndjson|ndjson|jsonl|json-seq|x-jsonlines)$/.test(essence)) return 'lines';
  return mode === 'JSON' || /^(application\/(.+\+)?json|text\/json)$/.test(essence) ? 'list' : undefined;
}

async function toSpooled({ content }: StepResult, context: CommandContext): Promise<Spooled> {
  if (typeof content === 'string') return { bytes: Buffer.from(content) };
  if (content instanceof Uint8Array) return { bytes: content };
  if ('file' in content) return { file: content.file, size: 0 };
  const file = context.scratch();
  await writeFile(file, content);
  return { file, size: 0 };
}
