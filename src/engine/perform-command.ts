import type { Command, CommandContext } from '../commands/define-command.ts';
import { touches } from '../commands/touches.ts';
import type { Clock } from '../core/clock.ts';
import type { Ask, Decision } from '../core/decision.ts';
import { Fault } from '../core/errors.ts';
import type { NewEvent } from '../core/event.ts';
import type { JsonObject } from '../core/json.ts';
import type { Scope, User } from '../core/principal.ts';
import type { ArtifactStore, CpuPool, Resources, SchemaValidator } from '../core/resource.ts';
import type { RunSnapshot, StepRecord } from '../core/run.ts';
import { inSpan } from '../core/span.ts';
import { createReading } from './create-reading.ts';
import type { Gate } from './gate.ts';
import { type Performed, settle } from './settle.ts';

export interface PerformDeps {
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

export type StepAsk = Omit<Ask, 'roles'>;

/** What the policy is asked before a command may begin: once for each resource it names. @throws Fault BAD_INPUT */
export function asksOf(command: Command, options: JsonObject, resources: Resources): readonly StepAsk[] {
  const action = `command:${command.name}`;
  const touched = touches(command, options);
  const schema = touched.schema === undefined ? {} : { schema: resources.canonicalize(touched.schema) };
  if (touched.resources.length === 0) return [{ action, ...schema }];
  return touched.resources.map((source) => ({ action, uri: resources.subjectOf(source), ...schema }));
}

/** Made once: taking a stack for every step would cost more than most of what a step does. */
const ENDED = new Fault('CANCELLED', 'The step has ended.');

/** Runs one command as a step: gives it its context, holds it to its time, stores what it made. */
export async function performStep(
  deps: PerformDeps,
  command: Command,
  options: JsonObject,
  run: RunSnapshot,
  step: StepRecord,
  note: (event: NewEvent) => void,
): Promise<Performed> {
  const about = { 'signalbox.run_id': step.runId, 'signalbox.step_id': step.id, 'signalbox.command': command.name };
  return inSpan('step.perform', about, async () => {
    const stop = new AbortController();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const fault = new Fault('TIMEOUT', `${command.name} took longer than ${deps.timeoutMs} ms and was stopped.`);
      stop.abort(fault);
      late.reject(fault);
    }, deps.timeoutMs);
    try {
      const work = async () => {
        const ctx = contextFor(deps, command, options, run, step, stop.signal, note);
        const made = await command.run(options, ctx);
        const { outputMediaType: wanted } = step;
        if (wanted !== undefined && essence(made.mediaType) !== wanted) {
          const message = `${command.name} made ${essence(made.mediaType)}, not ${wanted}. Ask for what it makes, or take another command.`;
          throw new Fault('BAD_INPUT', message, { path: ['outputMediaType'] });
        }
        const name = `${step.key}${extensionOf(made.mediaType)}`;
        return settle(made, { artifacts: deps.artifacts, maxBytes: deps.maxResultBytes, name, signal: stop.signal });
      };
      return await Promise.race([work(), late.promise]);
    } finally {
      clearTimeout(timer);
      // Whatever the command left open ends with it.
      stop.abort(ENDED);
    }
  });
}

function contextFor(
  deps: PerformDeps,
  command: Command,
  options: JsonObject,
  run: RunSnapshot,
  step: StepRecord,
  signal: AbortSignal,
  note: (event: NewEvent) => void,
): CommandContext {
  const { resources, gate, clock } = deps;
  const who = run.run.principal;
  const asks = asksOf(command, options, resources);
  const asked = new Set(asks.map(nameOf));
  const record = (decision: Decision) =>
    note({ type: 'POLICY_DECIDED', at: clock.now(), step: step.key, payload: { decision } });
  /** What was asked when the step was scheduled is in the journal already; what comes up on the way is added. */
  const pass = (ask: StepAsk) => {
    const name = nameOf(ask);
    if (asked.has(name)) return;
    asked.add(name);
    try {
      record(gate.pass(who, ask));
    } catch (error) {
      if (error instanceof Fault && error.decision) record(error.decision);
      throw error;
    }
  };
  const { action, schema } = asks[0] as StepAsk;
  const source = asks.find((ask) => ask.uri)?.uri;
  const scope = deps.scopeOf(who);
  const reading = createReading(deps, {
    signal,
    maxBytes: deps.maxReadBytes,
    made: (digest) => run.steps.find(({ output }) => output?.digest === digest)?.output,
    pass: (ask) => pass({ action, ...ask }),
    ...(scope && { scope }),
    ...(source && { source }),
    ...(schema && { schema }),
  });

  return {
    ...reading,
    signal,
    cpu: deps.cpu,
    maxBytes: deps.maxResultBytes,
    scratch: () => deps.artifacts.scratch(),
    log: (level, text) => note({ type: 'LOG', at: clock.now(), step: step.key, payload: { level, text } }),
  };
}

function nameOf(ask: StepAsk): string {
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
  return EXTENSIONS[essence(mediaType)] ?? '.bin';
}

function essence(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase();
}
