import { Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { SignedIn, User } from '../../core/principal.ts';
import type { ApprovalRecord, RunRecord, StepRecord } from '../../core/run.ts';
import type { JsonObject } from '../../lib/json.ts';
import { memoryNameOf } from '../agents/agent-memory.ts';
import { parseAgentInput } from '../capabilities/agent-input.ts';
import { userOf } from '../driver/run-start.ts';
import type { AgentStepDeps } from '../steps/step-deps.ts';
import { checkText, type RunControlDeps, scopeFor, sendMessage, visibleRun } from './run-control.ts';

const ACTION = 'mutation:decideApproval';
/** Much more than an agent reads, because the memory has grown since. */
const MAX_MEMORY_BYTES = 2 ** 20;

export interface DecideApprovalDeps extends RunControlDeps, Pick<AgentStepDeps, 'capabilities' | 'memories'> {}

/** See `Engine.decideApproval`. */
export async function decideApproval(
  deps: DecideApprovalDeps,
  principal: SignedIn,
  approvalId: string,
  { approve, comment }: { readonly approve: boolean; readonly comment?: string },
): Promise<ApprovalRecord> {
  checkText('comment', comment);
  const scope = scopeFor(deps, principal);
  const approval = scope && (await deps.reader.approval(scope, approvalId));
  if (!scope || !approval) throw new Fault('NOT_FOUND', `There is no approval ${approvalId} that you may see.`);
  const run = await visibleRun(deps, principal, approval.runId, ACTION);
  const problem = await refusalFor(deps, principal, run, approval);
  if (problem !== undefined) throw new Fault('FORBIDDEN', problem);
  const verdict = approve ? 'APPROVED' : 'REJECTED';
  if (approval.state !== 'OPEN') return decidedAs(verdict, approval);
  const by = userOf(principal);
  const more = comment === undefined ? {} : { comment };
  await sendMessage(deps, run, { id: newId('msg'), runId: run.id, type: 'decide', approvalId, by, approve, ...more });
  const decided = await deps.reader.approval(scope, approvalId);
  if (!decided || decided.state === 'OPEN') throw notAnsweredYet(run);
  return decidedAs(verdict, decided);
}

/** See `Engine.whyNotDecide`. */
export async function whyNotDecide(
  deps: DecideApprovalDeps,
  principal: SignedIn,
  approval: ApprovalRecord,
): Promise<string | undefined> {
  if (approval.state !== 'OPEN') return `It is ${approval.state}.`;
  const denied = deps.gate.preview(principal, { action: ACTION }).find(({ effect }) => effect === 'DENY');
  if (denied) return denied.reason;
  const scope = scopeFor(deps, principal);
  const run = scope && (await deps.reader.run(scope, approval.runId));
  return run ? refusalFor(deps, principal, run, approval) : 'You may not see its run.';
}

/** Why this person may not decide it, whatever the policy says about decisions as such. */
async function refusalFor(
  deps: DecideApprovalDeps,
  principal: SignedIn,
  run: RunRecord,
  { step: key, roles }: ApprovalRecord,
): Promise<string | undefined> {
  if (roles.length > 0 && !principal.roles.some((role) => roles.includes(role))) {
    return `Only ${roles.join(', ')} may decide this.`;
  }
  const step = await deps.reader.stepByKey({ tenant: principal.tenant }, run.id, key);
  if (step?.kind === 'APPROVAL') return undefined;
  const { principal: starter, plan } = run;
  const writers = step?.kind === 'AGENT' ? await memoryAuthors(deps, run, step) : [];
  const isOwnRequest = [starter, ...(plan?.authors ?? []), ...writers].some(
    ({ subject }) => subject === principal.subject,
  );
  return isOwnRequest
    ? 'The policy requires another person to approve this: you cannot approve your own request.'
    : undefined;
}

/** Who wrote the memory that the agent may have read: what it asks for is their request as well. */
async function memoryAuthors(
  { capabilities, memories }: Pick<AgentStepDeps, 'capabilities' | 'memories'>,
  run: RunRecord,
  step: StepRecord,
): Promise<readonly User[]> {
  const { memoryUri = '' } = parseAgentInput((step.input ?? run.inputs) as JsonObject, capabilities).agent;
  const name = memoryNameOf(memoryUri);
  return name === undefined ? [] : (await memories.read(run.principal.tenant, name, MAX_MEMORY_BYTES)).authors;
}

/** The first decision counts. A second one that says the same is answered with it. @throws Fault CONFLICT for another one */
function decidedAs(verdict: ApprovalRecord['state'], approval: ApprovalRecord): ApprovalRecord {
  const { state, decidedBy } = approval;
  if (state === verdict) return approval;
  const by = decidedBy ? ` by ${decidedBy.username}` : '';
  throw new Fault('CONFLICT', `This approval was already decided${by}: it is ${state}.`);
}

function notAnsweredYet({ id }: RunRecord): Fault {
  const message = `Run ${id} has not answered yet; the decision is queued. Check again in a moment.`;
  return new Fault('UNAVAILABLE', message, { retryAfterMs: 1_000 });
}
