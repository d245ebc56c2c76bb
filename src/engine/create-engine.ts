import { createHash } from 'node:crypto';
import { Fault } from '../core/errors.ts';
import type { NewEvent } from '../core/event.ts';
import { newId, newTraceId } from '../core/ids.ts';
import type { Journal } from '../core/journal.ts';
import { canonicalJson } from '../core/json.ts';
import type { Logger } from '../core/logger.ts';
import type { Metrics } from '../core/metrics.ts';
import { createPlaces } from '../core/places.ts';
import type { SignedIn, User } from '../core/principal.ts';
import { created } from '../core/projection.ts';
import type { ArtifactRecord, RunRecord, RunSnapshot } from '../core/run.ts';
import { isFinalRunState } from '../core/run-state.ts';
import { activeTraceId, inSpan } from '../core/span.ts';
import type { StoreReader } from '../core/store.ts';
import { admit, commandOf, optionsOf, passStep, type Refused } from './admit.ts';
import { type Commands, compileCommand, type Plan } from './compile-command.ts';
import { type Driven, driveRun, type Hands, type Start } from './drive-run.ts';
import type { CommandRequest, Engine, Outcome, Upload } from './engine.ts';
import { failureOf } from './failure-of.ts';
import { type PerformDeps, performStep } from './perform-step.ts';
import { next } from './run-machine.ts';
import { settleAsArtifact } from './settle.ts';

export interface EngineDeps extends PerformDeps {
  readonly commands: Commands;
  readonly journal: Journal;
  readonly reader: StoreReader;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: { readonly maxRunning: number; readonly maxQueued: number };
}

/** How many runs of an earlier process are taken up at once. */
const RECOVER_AT_ONCE = 8;
const UPLOAD = 'uploadArtifact';

export function createEngine(deps: EngineDeps): Engine {
  const { commands, resources, gate, journal, reader, clock, logger, metrics } = deps;
  const places = createPlaces({ places: deps.limits.maxRunning, queue: deps.limits.maxQueued });
  const driven = new Map<string, Driven>();
  const keyed = new Map<string, Promise<RunSnapshot>>();
  let stopping = false;

  const failing: Hands['failureOf'] = (error, run, step) =>
    failureOf(error, logger, { runId: run.run.id, stepId: step.id, traceId: run.run.traceId });

  /** What a step of commands means; `admitted` holds what was decided before the run began. */
  const commandHands = (admitted: ReadonlyMap<string, Awaited<ReturnType<Hands['decide']>>>): Hands => ({
    decide: (run, step) =>
      admitted.get(step.key) ?? passStep(step, optionsOf(run, step, commands), run.run.principal, deps),
    act: (run, step, note) =>
      performStep(deps, commandOf(step, commands), optionsOf(run, step, commands), run, step, note),
    failureOf: failing,
  });

  /** Drives a run to its end in a place of its own. */
  const drive = async (start: Start, hands: Hands): Promise<RunSnapshot> => {
    const { id, kind, traceId } = start.run.run;
    const giveBack = await places.take();
    if (stopping) {
      giveBack();
      throw stoppingFault();
    }
    return inSpan('run.execute', { 'signalbox.run_id': id, 'signalbox.run_kind': kind }, async (span) => {
      const run = driveRun({ journal, clock, hands }, start);
      driven.set(id, run);
      try {
        const ended = await run.done;
        const { state, createdAt, finishedAt } = ended.run;
        span.setAttribute('signalbox.run_state', state);
        metrics.runEnded(kind, state, ((finishedAt ?? createdAt).getTime() - createdAt.getTime()) / 1_000);
        logger.info('run.ended', { runId: id, traceId, state, code: ended.run.error?.code });
        return ended;
      } finally {
        driven.delete(id);
        giveBack();
      }
    });
  };

  const begin = (who: User, plan: Plan, about: About): Start => {
    const at = clock.now();
    const { kind, inputs, steps } = plan;
    const payload = { kind, principal: who, inputs, steps, labels: {}, priority: 'INTERACTIVE', ...about } as const;
    const event: NewEvent = { type: 'RUN_CREATED', at, payload };
    return { run: created(newId('run'), at, payload), recorded: 0, events: [event], signal: { type: 'started' } };
  };

  /** A denial is part of the audit log: a run that ended before its first step. It does not hold the idempotency key. */
  const recordDenial = async (who: User, plan: Plan, about: About, { step, fault }: Refused): Promise<void> => {
    const { idempotencyKey: _, ...rest } = about;
    const { run, events } = begin(who, plan, rest);
    const decisions = fault.decision ? [fault.decision] : [];
    const failure = failureOf(fault, logger, {});
    const move = next(run, { type: 'refused', step, decisions, failure }, clock.now());
    metrics.runEnded(plan.kind, move.run.run.state, 0);
    await journal.append(run.run.id, 1, [...events, ...move.events]);
  };

  /** Gives an earlier run of the same key and request, or starts one. */
  const once = async (who: User, about: About, start: () => Promise<RunSnapshot>): Promise<RunSnapshot> => {
    const { idempotencyKey: key, requestDigest } = about;
    if (key === undefined) return start();
    const name = JSON.stringify([who.tenant, who.subject, key]);
    const earlier = keyed.get(name);
    if (earlier) return sameRequest(await earlier, requestDigest);
    const run = (async () => {
      const stored = await reader.runByIdempotencyKey(who.tenant, who.subject, key);
      if (stored) return ended(stored);
      try {
        return await start();
      } catch (error) {
        // Another node was quicker.
        const other = isConflict(error) ? await reader.runByIdempotencyKey(who.tenant, who.subject, key) : undefined;
        if (other) return ended(other);
        throw error;
      }
    })();
    keyed.set(name, run);
    try {
      return sameRequest(await run, requestDigest);
    } finally {
      keyed.delete(name);
    }
  };

  /** Waits for the end of a run that somebody else drives. */
  const ended = async (run: RunRecord): Promise<RunSnapshot> => {
    const scope = { tenant: run.principal.tenant };
    if (!isFinalRunState(run.state)) {
      const signal = AbortSignal.timeout(deps.timeoutMs);
      const filter = { runId: run.id, types: ['RUN_STATE_CHANGED'] } as const;
      for await (const batch of journal.read(run.headPosition, filter, scope, { signal })) {
        if (batch.events.some((e) => e.type === 'RUN_STATE_CHANGED' && isFinalRunState(e.payload.to))) break;
      }
    }
    const snapshot = await reader.snapshot(scope, run.id);
    if (snapshot && isFinalRunState(snapshot.run.state)) return snapshot;
    throw new Fault('UNAVAILABLE', `Run ${run.id} is still under way. Ask again.`, { retryAfterMs: 1_000 });
  };

  const execute = async (principal: SignedIn, request: CommandRequest): Promise<Outcome> => {
    if (stopping) throw stoppingFault();
    const who = userOf(principal);
    const plan = compileCommand(commands, request.command, request.options, request.outputMediaType);
    const about = aboutOf(request, [request.command, plan.inputs, request.outputMediaType ?? null]);
    const snapshot = await once(who, about, async () => {
      const admission = admit(plan.steps, who, deps);
      if (admission.refused) {
        const { refused } = admission;
        if (refused.fault.code !== 'THROTTLED') await recordDenial(who, plan, about, refused);
        throw refused.fault;
      }
      return drive(begin(who, plan, about), commandHands(admission.admitted));
    });
    const output = snapshot.run.state === 'SUCCEEDED' ? snapshot.steps.at(-1)?.output : undefined;
    return { snapshot, ...(output && { output }) };
  };

  const upload = async (
    principal: SignedIn,
    { name, mediaType, content, traceId }: Upload,
  ): Promise<ArtifactRecord> => {
    if (stopping) throw stoppingFault();
    const who = userOf(principal);
    const uri = resources.subjectOf({ bytes: { base64: '', mediaType } });
    const decision = gate.pass(who, { action: `command:${UPLOAD}`, uri });
    const plan: Plan = {
      kind: 'COMMAND',
      inputs: { name, mediaType },
      // What was being uploaded is gone with the connection, so it cannot be done again: external.
      steps: [{ ...UPLOAD_STEP, id: newId('step'), input: { name, mediaType } }],
    };
    let id = '';
    const hands: Hands = {
      decide: () => [decision],
      async act() {
        const signal = AbortSignal.timeout(UPLOAD_MAX_MS);
        const stored = await settleAsArtifact(mediaType, content, {
          artifacts: deps.artifacts,
          maxBytes: deps.maxReadBytes,
          name,
          signal,
        });
        id = stored.artifact.id;
        return stored;
      },
      failureOf: failing,
    };
    const { run } = await drive(begin(who, plan, aboutOf({ ...(traceId && { traceId }) }, [name, mediaType])), hands);
    if (run.error) throw new Fault(run.error.code, run.error.message);
    const artifact = await reader.artifact({ tenant: who.tenant, subject: who.subject }, id);
    if (!artifact) throw new Error(`the artifact of run ${run.id} is not in the store`);
    return artifact;
  };

  return {
    execute,
    upload,
    async recover() {
      const left: RunSnapshot[] = [];
      for await (const run of reader.unfinished()) left.push(run);
      if (left.length > 0) logger.info('engine.recovering', { runs: left.length });
      const takeUp = async () => {
        for (let run = left.pop(); run && !stopping; run = left.pop()) {
          const start = { run, recorded: run.run.seq, events: [], signal: { type: 'recovered' } } as const;
          await drive(start, commandHands(new Map())).catch((error: unknown) => {
            logger.error('engine.recovery_failed', { runId: start.run.run.id, error: String(error) });
          });
        }
      };
      void Promise.all(Array.from({ length: RECOVER_AT_ONCE }, takeUp));
    },
    async stop(drainMs) {
      stopping = true;
      const until = Date.now() + drainMs;
      while (driven.size > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
      for (const run of driven.values()) run.abandon();
    },
  };
}

interface About {
  readonly traceId: string;
  readonly requestDigest: string;
  readonly idempotencyKey?: string;
}

const UPLOAD_MAX_MS = 15 * 60_000;

const UPLOAD_STEP = {
  key: UPLOAD,
  title: 'Upload an artifact',
  kind: 'COMMAND',
  capability: UPLOAD,
  effect: 'external',
  dependsOn: [],
  maxAttempts: 1,
} as const;

function aboutOf(request: { traceId?: string; idempotencyKey?: string }, asked: unknown): About {
  const { idempotencyKey, traceId = activeTraceId() ?? newTraceId() } = request;
  if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    const message = 'An idempotency key has 1 to 255 visible ASCII characters.';
    throw new Fault('BAD_INPUT', message, { path: ['idempotencyKey'] });
  }
  if (idempotencyKey === undefined) return { traceId, requestDigest: '' };
  const requestDigest = createHash('sha256').update(canonicalJson(asked)).digest('hex');
  return { traceId, requestDigest, idempotencyKey };
}

function userOf({ subject, username, tenant, roles }: SignedIn): User {
  return { subject, username, tenant, roles };
}

function sameRequest(run: RunSnapshot, requestDigest: string): RunSnapshot {
  if (run.run.requestDigest === requestDigest) return run;
  const message = `This idempotency key belongs to run ${run.run.id}, which was asked for something else. Take a new key.`;
  throw new Fault('CONFLICT', message, { path: ['idempotencyKey'], details: { runId: run.run.id } });
}

function isConflict(error: unknown): boolean {
  return error instanceof Fault && error.code === 'CONFLICT';
}

function stoppingFault(): Fault {
  return new Fault('UNAVAILABLE', 'The server is stopping. Try again in a moment.', { retryAfterMs: 2_000 });
}
