import { Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { Journal } from '../../core/journal.ts';
import type { Inbox, Leases, RunMessage } from '../../core/leases.ts';
import type { Policy } from '../../core/policy.ts';
import type { Scope, SignedIn } from '../../core/principal.ts';
import type { RunRecord, RunSnapshot, StepRecord } from '../../core/run.ts';
import { isFailedEnd, isFinalRunState } from '../../core/states.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { canonicalJson, type Json } from '../../lib/json.ts';
import { scopeOf } from '../../policy/visibility.ts';
import type { RunHandle } from '../driver/drive-run.ts';
import type { RunRegistry } from '../driver/run-registry.ts';
import { userOf } from '../driver/run-start.ts';
import type { Failover } from '../failover/failover.ts';
import { toMachineInput } from '../failover/inbox-consumer.ts';
import type { JobFamily } from '../failover/job-family.ts';
import { assertNotHeld, type FlowControl } from '../flow/flow-control.ts';
import type { Gate } from '../gate/gate.ts';
import { signalName, snapshotOf } from '../model/run-aggregate.ts';
import { MAX_INLINE_BYTES } from '../outputs/store-output.ts';
import { admitRun, type RunDoorDeps } from './admit-run.ts';
import { followRun } from './wait-for-end.ts';

export interface RunControlDeps {
  readonly policy: Policy;
  readonly gate: Gate;
  readonly journal: Journal;
  readonly reader: StoreReader;
  readonly inbox: Inbox;
  readonly leases: Leases;
  readonly runs: RunRegistry;
  readonly failover: Failover;
  readonly jobFamily: JobFamily;
  readonly flow: Pick<FlowControl, 'waitOf'>;
  /** How long a run on another node may take to answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** How long the store may refuse an update, in milliseconds. One that is only slow is waited for. */
const REFUSED_TIMEOUT_MS = 5_000;
const MAX_COMMENT_CHARACTERS = 4_096;

/** See `Engine.cancelRun`. */
export async function cancelRun(
  deps: RunControlDeps,
  principal: SignedIn,
  runId: string,
  { reason, compensate }: { readonly reason?: string; readonly compensate: boolean },
): Promise<RunSnapshot> {
  checkText('reason', reason);
  const run = await visibleRun(deps, principal, runId, 'mutation:cancelRun');
  assertNotEnded(run);
  const by = userOf(principal);
  // First, so that the caller tries again if this fails.
  await deps.jobFamily.cancelJobs(run, by);
  const message = {
    id: newId('msg'),
    runId,
    type: 'cancel',
    by,
    compensate,
    ...(reason !== undefined && { reason }),
  } as const;
  return sendMessage(deps, run, message);
}

/** See `Engine.sendSignal`. */
export async function sendSignal(
  deps: RunControlDeps,
  principal: SignedIn,
  runId: string,
  { name, payload }: { readonly name: string; readonly payload?: Json },
): Promise<RunSnapshot> {
  if (!/^[\w.-]{1,128}$/.test(name)) {
    throw new Fault('BAD_INPUT', 'The name of a signal must have 1 to 128 letters, digits, _ . and -.', {
      path: ['name'],
    });
  }
  if (payload !== undefined && Buffer.byteLength(canonicalJson(payload)) > MAX_INLINE_BYTES) {
    const advice = 'Upload it as an artifact, and send its URI.';
    throw new Fault('RESOURCE_TOO_LARGE', `A signal may carry at most ${MAX_INLINE_BYTES} bytes. ${advice}`, {
      path: ['payload'],
    });
  }
  const run = await visibleRun(deps, principal, runId, 'mutation:sendSignal');
  assertNotEnded(run);
  assertNotHeld(await deps.flow.waitOf(run), runId);
  await checkSignalName(deps, run, name);
  const by = userOf(principal);
  return sendMessage(deps, run, {
    id: newId('msg'),
    runId,
    type: 'signal',
    by,
    name,
    ...(payload !== undefined && { payload }),
  });
}

/** @throws Fault BAD_INPUT for a signal that no step of the run waits for, or will wait for */
async function checkSignalName(
  { runs, reader }: Pick<RunControlDeps, 'runs' | 'reader'>,
  { id, principal: { tenant } }: RunRecord,
  name: string,
): Promise<void> {
  const steps: Iterable<StepRecord> = runs.get(id)?.run.steps.values() ?? (await reader.steps({ tenant }, id));
  const names = new Set<string>();
  let hasChildren = false;
  for (const step of steps) {
    hasChildren ||= step.kind === 'WORKFLOW';
    for (const body of [step, step.terms?.compensate]) {
      const awaited = body?.kind === 'SIGNAL' ? signalName(body) : undefined;
      // It is known when the step begins to wait.
      if (awaited === name || awaited?.includes('{{')) return;
      if (awaited !== undefined) names.add(awaited);
    }
  }
  const known = names.size > 0 ? ` Its steps wait for ${[...names].slice(0, 20).join(', ')}.` : '';
  const child = hasChildren ? ' A sub-workflow is another run (Run.children): send its signals there.' : '';
  const message = `No step of run ${id} waits for the signal ${name}.${didYouMean(name, names)}${known}${child}`;
  throw new Fault('BAD_INPUT', message, { path: ['name'] });
}

/** See `Engine.retryStep`. */
export async function retryStep(
  deps: RunControlDeps & RunDoorDeps,
  principal: SignedIn,
  runId: string,
  key: string,
): Promise<RunSnapshot> {
  const run = await visibleRun(deps, principal, runId, 'mutation:retryStep');
  if (!isFinalRunState(run.state)) {
    throw new Fault('CONFLICT', `Run ${runId} is in progress. Wait for its end, or cancel it.`);
  }
  const { tenant, subject, roles } = run.principal;
  if (principal.subject === subject && !roles.every((role) => principal.roles.includes(role))) {
    const message = `Run ${runId} needs the roles ${roles.join(', ')}, which you no longer have. Start a new run with rerunFrom.`;
    throw new Fault('FORBIDDEN', message);
  }
  const step = await deps.reader.stepByKey({ tenant }, runId, key);
  if (!step) throw new Fault('NOT_FOUND', `Run ${runId} has no step ${key}.`, { path: ['step'] });
  if (!isFailedEnd(step.state)) {
    throw new Fault('CONFLICT', `Step ${key} is ${step.state}: only a failed step can be retried.`);
  }
  const steps = await deps.reader.steps({ tenant }, runId);
  if (steps.some(({ role }) => role === 'compensation')) {
    throw new Fault('CONFLICT', `Run ${runId} was compensated. Start a new run with rerunFrom.`);
  }
  const driven = await admitRun(deps, run.principal, async () => {
    const isOurs = await deps.leases.takeOver(runId);
    const handle = isOurs && (await deps.failover.resume(runId, { type: 'retried', step: key }));
    if (handle) return handle;
    throw new Fault('CONFLICT', `Run ${runId} belongs to another node. Try again.`, { retryAfterMs: 1_000 });
  });
  await driven.flush();
  return snapshotOf(driven.run);
}

/** The run, if the principal may see it and the policy permits the action. @throws Fault NOT_FOUND, FORBIDDEN */
export async function visibleRun(
  deps: Pick<RunControlDeps, 'policy' | 'gate' | 'reader'>,
  principal: SignedIn,
  runId: string,
  action: string,
): Promise<RunRecord> {
  deps.gate.pass(principal, { action });
  const scope = scopeFor(deps, principal);
  const run = scope && (await deps.reader.run(scope, runId));
  if (run) return run;
  throw new Fault('NOT_FOUND', `There is no run ${runId} that you may see.`, { path: ['runId'] });
}

export function scopeFor({ policy }: Pick<RunControlDeps, 'policy'>, principal: SignedIn): Scope | undefined {
  return scopeOf(principal, policy);
}

/** Sends to the run itself if this node drives it, else to its inbox. Resolves when the result is durable. */
export async function sendMessage(deps: RunControlDeps, run: RunRecord, message: RunMessage): Promise<RunSnapshot> {
  const handle = await deps.failover.find(run.id);
  if (handle) {
    await orRefused(handle, handle.send(toMachineInput(message)));
    return snapshotOf(handle.run);
  }
  await deps.inbox.send(message);
  // Its node may have parked it in the meantime.
  await deps.failover.find(run.id).catch(() => {});
  const { seq } = run;
  const moved = ({ run: now }: RunSnapshot) => now.seq > seq;
  const signal = AbortSignal.timeout(deps.timeoutMs);
  return followRun(deps, run.principal.tenant, run.id, moved, signal);
}

/** @throws Fault UNAVAILABLE when the store refuses the run's events for too long */
async function orRefused(handle: RunHandle, work: Promise<void>): Promise<void> {
  const refused = Promise.withResolvers<never>();
  const timer = setInterval(() => {
    if (!handle.isRefused()) return;
    const message = `The update to run ${handle.run.record.id} has not been stored yet. Check the run before you send it again.`;
    refused.reject(new Fault('UNAVAILABLE', message, { retryAfterMs: 1_000 }));
  }, REFUSED_TIMEOUT_MS);
  // It may reject when nothing waits for it any longer.
  work.catch(() => {});
  await Promise.race([work, refused.promise]).finally(() => clearInterval(timer));
}

function assertNotEnded({ id, state }: RunRecord): void {
  if (isFinalRunState(state)) throw new Fault('CONFLICT', `Run ${id} has already ended: it is ${state}.`);
}

export function checkText(name: string, text: string | undefined): void {
  if (text === undefined || (text.length <= MAX_COMMENT_CHARACTERS && text.isWellFormed())) return;
  throw new Fault('BAD_INPUT', `The ${name} may have at most ${MAX_COMMENT_CHARACTERS} characters.`, { path: [name] });
}
