import type { Command, CommandContext } from '../../commands/definition/define-command.ts';
import type { Query } from '../../commands/read/define-query.ts';
import type { ArtifactStore } from '../../core/artifact-store.ts';
import type { Clock } from '../../core/clock.ts';
import type { CpuPool } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import type { Decision } from '../../core/policy.ts';
import type { Scope, User } from '../../core/principal.ts';
import type { Resources, StepResult } from '../../core/resource.ts';
import type { StepOutput } from '../../core/run.ts';
import type { SchemaValidator } from '../../core/schema-validator.ts';
import { inSpan } from '../../core/tracing.ts';
import type { JsonObject } from '../../lib/json.ts';
import { essenceOf } from '../../lib/media-type.ts';
import { type AccessRequest, accessRequestsOf, type Capability } from '../capabilities/access-requests.ts';
import { type AuthorizedReader, createAuthorizedReader } from '../gate/authorized-reader.ts';
import type { Gate } from '../gate/gate.ts';
import type { Attempt } from '../model/attempt.ts';
import type { RunAggregate } from '../model/run-aggregate.ts';
import { type StoredOutput, storeOutput } from '../outputs/store-output.ts';

export interface CommandStepDeps {
  readonly resources: Resources;
  readonly artifacts: ArtifactStore;
  readonly schemas: SchemaValidator;
  readonly cpu: CpuPool;
  readonly gate: Gate;
  readonly clock: Clock;
  /** In one read. */
  readonly maxReadBytes: number;
  /** In one result. */
  readonly maxResultBytes: number;
  readonly timeoutMs: number;
  /** What of the stored content the principal may read. */
  scopeOf(who: User): Scope | undefined;
}

/** A timer of Node that is longer rings at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Made once: taking a stack for every step would cost more than most of what a step does. */
const STEP_ENDED = new Fault('CANCELLED', 'The step has ended.');

/** Runs one command as a step: gives it its context, holds it to its time, stores what it made. */
export function performCommand(
  deps: CommandStepDeps,
  command: Command,
  options: JsonObject,
  attempt: Attempt,
): Promise<StoredOutput> {
  return withTimeLimit(deps, attempt, async (inner) => {
    const made = await command.run(options, createCommandContext(deps, command, options, inner));
    return storeStepOutput(deps, inner, made);
  });
}

/** What a step made, stored, when it is of the media type that was asked for. */
export function storeStepOutput(
  deps: Pick<CommandStepDeps, 'artifacts' | 'maxResultBytes'>,
  { step, signal }: Attempt,
  made: StepResult,
): Promise<StoredOutput> {
  const wanted = step.terms?.outputMediaType;
  if (wanted !== undefined && essenceOf(made.mediaType) !== wanted) {
    const message = `${step.capability} made ${essenceOf(made.mediaType)}, not ${wanted}. Ask for what it makes, or take another command.`;
    throw new Fault('BAD_INPUT', message, { path: ['outputMediaType'] });
  }
  const name = `${step.key}${extensionOf(made.mediaType)}`;
  return storeOutput(made, { artifacts: deps.artifacts, maxBytes: deps.maxResultBytes, name, signal });
}

/**
 * Does `work` in a span of its own, until its time is over or the step is aborted; whatever it left open ends with it.
 * @param work gets the attempt with a signal that ends then
 */
export function withTimeLimit<T>(
  deps: Pick<CommandStepDeps, 'timeoutMs'>,
  attempt: Attempt,
  work: (inner: Attempt) => Promise<T>,
): Promise<T> {
  const { step, signal } = attempt;
  const about = { 'signalbox.run_id': step.runId, 'signalbox.step_id': step.id, 'signalbox.command': step.capability };
  return inSpan('step.perform', about, async () => {
    const stop = new AbortController();
    const cut = Promise.withResolvers<never>();
    const end = (fault: unknown) => {
      stop.abort(fault);
      cut.reject(fault);
    };
    const timeoutMs = step.terms?.timeoutMs ?? deps.timeoutMs;
    const timer = setTimeout(
      () => end(new Fault('TIMEOUT', `${step.capability} took longer than ${timeoutMs} ms and was stopped.`)),
      Math.min(timeoutMs, MAX_TIMER_MS),
    );
    const aborted = () => end(signal.reason);
    signal.addEventListener('abort', aborted, { once: true });
    try {
      return await Promise.race([work({ ...attempt, signal: stop.signal }), cut.promise]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      stop.abort(STEP_ENDED);
    }
  });
}

function createCommandContext(
  deps: CommandStepDeps,
  command: Command,
  options: JsonObject,
  attempt: Attempt,
): CommandContext {
  const { step, signal, emit: note } = attempt;
  return {
    ...createStepReader(deps, command, options, attempt),
    signal,
    cpu: deps.cpu,
    maxBytes: deps.maxResultBytes,
    scratch: () => deps.artifacts.scratch(),
    log: (level, text) => note({ type: 'LOG', at: deps.clock.now(), step: step.key, payload: { level, text } }),
  };
}

/**
 * Reads on behalf of the run's principal; what the policy is asked on the way is added to the journal. Made when something
 * is read first: many steps read nothing.
 */
export function createStepReader(
  deps: CommandStepDeps,
  capability: Capability,
  options: JsonObject,
  attempt: Attempt,
): AuthorizedReader {
  let reading: AuthorizedReader | undefined;
  const open = () => {
    reading ??= openStepReader(deps, accessRequestsOf(attempt.step, capability, options, deps.resources), attempt);
    return reading;
  };
  return {
    read: async (source) => open().read(source),
    validate: async (json, schemaUri) => open().validate(json, schemaUri),
  };
}

/**
 * @param asked what the policy was asked before the step began; the first of it names the action
 * @param kept what the step itself has made so far
 */
export function openStepReader(
  deps: CommandStepDeps,
  asked: readonly AccessRequest[],
  attempt: Attempt,
  kept: (digest: string) => StepOutput | undefined = () => undefined,
): AuthorizedReader {
  const { gate, clock } = deps;
  const { run: live, step, signal, emit: note } = attempt;
  const who = live.record.principal;
  const known = new Set(asked.map(accessKey));
  const record = (decision: Decision) =>
    note({ type: 'POLICY_DECIDED', at: clock.now(), step: step.key, payload: { decision } });
  /** What was asked when the step was scheduled is in the journal already; what comes up on the way is added. */
  const pass = (ask: AccessRequest) => {
    const name = accessKey(ask);
    if (known.has(name)) return;
    known.add(name);
    try {
      record(gate.pass(who, ask));
    } catch (error) {
      if (error instanceof Fault && error.decision) record(error.decision);
      throw error;
    }
  };
  const { action, schema } = asked[0] as AccessRequest;
  const source = asked.find((ask) => ask.uri)?.uri;
  const scope = deps.scopeOf(who);
  return createAuthorizedReader(deps, {
    signal,
    maxBytes: deps.maxReadBytes,
    findOutput: (digest) => kept(digest) ?? findOutput(live, digest),
    pass: (ask) => pass({ action, ...ask }),
    ...(scope && { scope }),
    ...(source && { source }),
    ...(schema && { schema }),
  });
}
function findOutput(live: RunAggregate, digest: string): StepOutput | undefined {
  for (const { output } of live.steps.values()) if (output?.digest === digest) return output;
  return undefined;
}

function accessKey(ask: AccessRequest): string {
  return `${ask.uri?.href ?? ''}\n${ask.schema?.href ?? ''}`;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/json': '.json',
  'application/xml': '.xml',
  'text/csv': '.csv',
  'text/html': '.html',
  'text/plain': '.txt',
};

function extensionOf(mediaType: string): string {
  return EXTENSIONS[essenceOf(mediaType)] ?? '.bin';
}

/** Runs one query as a step; what it found is the step's output. */
export function performQuery(
  deps: CommandStepDeps,
  query: Query,
  options: JsonObject,
  attempt: Attempt,
): Promise<StoredOutput> {
  return withTimeLimit(deps, attempt, async (inner) => {
    const reading = createStepReader(deps, query, options, inner);
    const { mediaType, bytes } = await query.run(options, { ...reading, signal: inner.signal });
    return storeStepOutput(deps, inner, { mediaType, content: bytes });
  });
}
