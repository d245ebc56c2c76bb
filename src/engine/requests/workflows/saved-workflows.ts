import { MIN_SECRET_CHARACTERS } from '../../../auth/webhook-signature.ts';
import { namedUri } from '../../../core/canonical-uri.ts';
import type { Clock } from '../../../core/clock.ts';
import { Fault, type Violation } from '../../../core/errors.ts';
import type { SignedIn } from '../../../core/principal.ts';
import type { ScheduleRecord, Schedules, WorkflowRecord, Workflows } from '../../../core/workflows/workflows.ts';
import type { Json } from '../../../lib/json.ts';
import { nextTime, startsPerHour } from '../../../workflow/model/schedule-times.ts';
import type { Problem, ScheduleRule, WorkflowDocument } from '../../../workflow/model/workflow-document.ts';
import { userOf } from '../../driver/run-start.ts';
import type { Gate, GateRequest } from '../../gate/gate.ts';
import type { WorkflowSource } from '../engine.ts';
import type { WorkflowLoader } from '../workflow-loader.ts';

export interface SavedWorkflowDeps {
  readonly workflows: Workflows;
  readonly workflowLoader: WorkflowLoader;
  readonly gate: Gate;
  readonly clock: Clock;
  /** The value of a named secret. */
  secret(name: string): string | undefined;
}

/** Throws a Fault unless the policy permits it. */
type Permit = (request: GateRequest) => void;

/** Why a valid document cannot be saved. */
interface SaveRefusal {
  readonly fault: Fault;
  readonly step?: string;
}

/** See `Engine.saveWorkflow`. */
export async function saveWorkflow(
  deps: SavedWorkflowDeps,
  principal: SignedIn,
  source: WorkflowSource,
  ifVersion?: number,
): Promise<WorkflowRecord> {
  const { document } = await deps.workflowLoader.readValid(principal, source);
  const permit: Permit = (request) => void deps.gate.pass(principal, request);
  permit(saveRequest(document));
  const { save, refusals } = await prepareSave(deps, principal, document, permit, ifVersion);
  if (refusals.length === 0) return deps.workflows.save(...save);
  throw joinedFault([...refusals, ...(await refusalOf(() => deps.workflows.checkSave(...save)))]);
}

/**
 * Why `saveWorkflow` would refuse the document. Owner and quotas do not matter for a document that is already saved, nor for a
 * caller who may not save it but perhaps start it.
 */
export async function saveProblems(
  deps: SavedWorkflowDeps,
  principal: SignedIn,
  document: WorkflowDocument,
  { isSaved }: { readonly isSaved: boolean },
): Promise<readonly Problem[]> {
  const permit: Permit = (request) => {
    const decision = deps.gate
      .preview(principal, request)
      .find(({ effect }) => effect === 'DENY' || effect === 'APPROVE');
    if (decision) throw new Fault('FORBIDDEN', decision.reason, { decision });
  };
  const { save, refusals } = await prepareSave(deps, principal, document, permit);
  const maySave = !isSaved && (await refusalOf(() => permit(saveRequest(document)))).length === 0;
  const all = maySave ? [...refusals, ...(await refusalOf(() => deps.workflows.checkSave(...save)))] : refusals;
  return all.map(({ fault, step }) => ({
    severity: 'ERROR',
    message: fault.message,
    ...(step !== undefined && { step }),
  }));
}

function saveRequest({ name }: WorkflowDocument): GateRequest {
  return { action: 'mutation:saveWorkflow', uri: namedUri('workflow', name) };
}

/** What is saved, without the parts and the schedule that are refused. The store refuses the rest: other owners, and quotas. */
async function prepareSave(
  deps: SavedWorkflowDeps,
  principal: SignedIn,
  document: WorkflowDocument,
  permit: Permit,
  ifVersion?: number,
): Promise<{ readonly save: Parameters<Workflows['save']>; readonly refusals: readonly SaveRefusal[] }> {
  const { name, description, yaml, inputs, schedule } = document;
  const createdAt = deps.clock.now();
  const { parts, refusals } = await presentParts(deps, principal.tenant, document);
  const workflow = {
    tenant: principal.tenant,
    name,
    yaml,
    document: document.source,
    inputs,
    createdAt,
    createdBy: userOf(principal),
    ...(description !== undefined && { description }),
    ...(Object.keys(parts).length > 0 && { parts }),
  };
  let scheduled: Parameters<Workflows['save']>[1];
  const scheduleRefusals = await refusalOf(() => {
    scheduled = schedule && scheduleOf(document, schedule, createdAt);
  });
  const assertOwner = ownerCheck(principal, permit);
  const assertMayReplace = (present: WorkflowRecord | undefined) => {
    if (present) assertOwner(present);
    if (ifVersion !== undefined) assertVersion(name, present?.version ?? 0, ifVersion);
  };
  const secretRefusals = await webhookRefusals(deps, document, permit);
  return {
    save: [workflow, scheduled, assertMayReplace],
    refusals: [...refusals, ...scheduleRefusals, ...secretRefusals],
  };
}

/** Secrets that the webhook of the document names, and that the server does not have or the author may not use. */
async function webhookRefusals(
  { secret }: SavedWorkflowDeps,
  { name, webhook }: WorkflowDocument,
  permit: Permit,
): Promise<readonly SaveRefusal[]> {
  const refusals = (webhook?.secrets ?? []).map((one) =>
    refusalOf(() => {
      permit({ action: `secret:${one}`, uri: namedUri('workflow', name) });
      const length = secret(one)?.length ?? 0;
      if (length >= MIN_SECRET_CHARACTERS) return;
      const message =
        length === 0
          ? `The webhook verifies deliveries with the secret ${one}, which this server does not have. Ask the operator to set SECRET_${one}.`
          : `The secret ${one} of the webhook is too short: use at least ${MIN_SECRET_CHARACTERS} characters.`;
      throw new Fault('BAD_INPUT', message, { path: ['source'] });
    }),
  );
  return (await Promise.all(refusals)).flat();
}

/** @throws Fault CONFLICT */
function assertVersion(name: string, present: number, expected: number): void {
  if (present === expected) return;
  const state = present === 0 ? 'does not exist' : `has version ${present} now`;
  const message = `The workflow ${name} ${state}, not version ${expected}. Read it, merge the changes, and save again with its version.`;
  throw new Fault('CONFLICT', message, { path: ['ifVersion'], details: { version: present } });
}

async function refusalOf(attempt: () => unknown): Promise<readonly SaveRefusal[]> {
  try {
    await attempt();
    return [];
  } catch (error) {
    if (error instanceof Fault) return [{ fault: error }];
    throw error;
  }
}

/** The first fault, with all as violations if there are several. */
function joinedFault(refusals: readonly SaveRefusal[]): Fault {
  const [first, ...more] = refusals.map(({ fault }) => fault) as [Fault, ...Fault[]];
  if (more.length === 0) return first;
  const violations: readonly Violation[] = refusals.map(({ fault, step }) => ({
    path: step === undefined ? '' : `/steps/${step}`,
    message: fault.message,
  }));
  return new Fault(first.code, `${first.message} (and ${more.length} more problems)`, { path: ['source'], violations });
}

/** The present versions of the workflows that the steps start, but for those that say which. */
async function presentParts({ workflows }: SavedWorkflowDeps, tenant: string, { name, steps }: WorkflowDocument) {
  const starts = steps.flatMap((step) =>
    [step, step.terms?.compensate].flatMap((body) => {
      const isPinned = body?.kind === 'WORKFLOW' && body.terms?.version === undefined && body.capability !== name;
      return isPinned ? [{ step: step.key, part: body.capability }] : [];
    }),
  );
  const names = [...new Set(starts.map(({ part }) => part))];
  const versions = await Promise.all(
    names.map(async (part) => [part, (await workflows.find(tenant, part))?.version] as const),
  );
  const parts = Object.fromEntries(
    versions.flatMap(([part, version]) => (version === undefined ? [] : [[part, version]])),
  );
  const refusals = starts.flatMap(({ step, part }) => {
    if (Object.hasOwn(parts, part)) return [];
    const message = `The workflow starts ${part}, which does not exist. Save ${part} first, or add \`version: latest\` to the step, which then takes the newest version when it starts.`;
    return [{ step, fault: new Fault('BAD_INPUT', message, { path: ['source'] }) }];
  });
  return { parts, refusals };
}

/** @throws Fault BAD_INPUT for a rule that is never due, and for inputs without defaults, because a scheduled start has none */
function scheduleOf(document: WorkflowDocument, schedule: ScheduleRule, createdAt: Date) {
  try {
    document.compile({});
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const message = `A workflow with a schedule starts without inputs: each needs a default. ${error.message}`;
    throw new Fault('BAD_INPUT', message, { path: ['source'], violations: error.violations });
  }
  const rule = { ...schedule } satisfies Json;
  const nextAt = nextTime(schedule, createdAt);
  return { rule, nextAt, startsPerHour: startsPerHour(schedule, nextAt) };
}

/**
 * Who may replace or delete a workflow: its owner, who saved the present version; who has every role that the owner had
 * then; and whom the policy permits `override:owner`.
 */
function ownerCheck(principal: SignedIn, permit: Permit): (present: WorkflowRecord) => void {
  return ({ name, createdBy: owner }) => {
    if (owner.subject === principal.subject || owner.roles.every((role) => principal.roles.includes(role))) return;
    try {
      permit({ action: 'override:owner', uri: namedUri('workflow', name) });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const message = `The workflow ${name} belongs to ${owner.username}. Only ${owner.username}, who has the roles ${owner.roles.join(', ')}, and those whom the policy permits override:owner may replace or delete it. Save yours under another name.`;
      throw new Fault('FORBIDDEN', message, { path: ['name'], ...(error.decision && { decision: error.decision }) });
    }
  };
}

/** See `Engine.pauseSchedule` and `Engine.resumeSchedule`. */
export async function changeSchedule(
  { gate, clock, schedules }: SavedWorkflowDeps & { readonly schedules: Schedules },
  principal: SignedIn,
  name: string,
  change: 'pause' | 'resume',
): Promise<ScheduleRecord> {
  const permit: Permit = (request) => void gate.pass(principal, request);
  permit({ action: `mutation:${change}Schedule`, uri: namedUri('workflow', name) });
  const assertOwner = ownerCheck(principal, permit);
  const changed = await schedules.change(principal.tenant, name, ({ rule, nextAt }, workflow) => {
    assertOwner(workflow);
    if (change === 'pause') return undefined;
    return nextAt ?? nextTime(rule as unknown as ScheduleRule, clock.now());
  });
  if (changed) return changed;
  throw new Fault('NOT_FOUND', `There is no schedule of a workflow ${name}.`, { path: ['name'] });
}

/** See `Engine.deleteWorkflow`. */
export async function deleteWorkflow(
  deps: SavedWorkflowDeps,
  principal: SignedIn,
  name: string,
): Promise<WorkflowRecord> {
  const permit: Permit = (request) => void deps.gate.pass(principal, request);
  permit({ action: 'mutation:deleteWorkflow', uri: namedUri('workflow', name) });
  const removed = await deps.workflows.remove(principal.tenant, name, ownerCheck(principal, permit));
  if (removed) return removed;
  throw new Fault('NOT_FOUND', `There is no workflow ${name}.`, { path: ['name'] });
}
