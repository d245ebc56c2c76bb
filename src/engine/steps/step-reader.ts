import { Fault } from '../../core/errors.ts';
import type { Decision } from '../../core/policy.ts';
import type { Actor, Scope } from '../../core/principal.ts';
import type { StepOutput } from '../../core/run.ts';
import type { JsonObject } from '../../lib/json.ts';
import { type AccessRequest, accessRequestsOf } from '../capabilities/access-requests.ts';
import type { Capability } from '../capabilities/capabilities.ts';
import { type AuthorizedReader, createAuthorizedReader } from '../gate/authorized-reader.ts';
import type { Attempt } from '../model/attempt.ts';
import type { RunAggregate } from '../model/run-aggregate.ts';
import type { CommandStepDeps } from './step-deps.ts';
import { cpuOf } from './time-limit.ts';

/**
 * Reads on behalf of the run's principal; the decisions about further resources are added to the journal. Created on the
 * first read: many steps read nothing.
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
 * @param authorized what the policy was asked before the step began; the first of it names the action
 * @param findSaved finds an artifact that the step itself has stored so far
 */
export function openStepReader(
  deps: CommandStepDeps,
  authorized: readonly AccessRequest[],
  attempt: Attempt,
  findSaved: (digest: string) => StepOutput | undefined = () => undefined,
): AuthorizedReader {
  const { gate, clock } = deps;
  const { run, step, actor, signal, emit } = attempt;
  const timeoutMs = step.terms?.timeoutMs;
  const authorizedKeys = new Set(authorized.map(accessKey));
  const record = (decision: Decision) =>
    emit({ type: 'POLICY_DECIDED', at: clock.now(), step: step.key, payload: { decision } });
  /** Decisions from before the step began are in the journal already; further ones are added. */
  const pass = (request: AccessRequest) => {
    const name = accessKey(request);
    if (authorizedKeys.has(name)) return;
    authorizedKeys.add(name);
    try {
      record(gate.pass(actor, request));
    } catch (error) {
      if (error instanceof Fault && error.decision) record(error.decision);
      throw error;
    }
  };
  const { action, schema } = authorized[0] as AccessRequest;
  const source = authorized.find((request) => request.uri)?.uri;
  const scope = scopeOfActor(deps, actor);
  return createAuthorizedReader(deps, {
    signal,
    owner: actor,
    cpu: cpuOf(deps, attempt),
    ...(timeoutMs !== undefined && { timeoutMs }),
    maxBytes: deps.maxReadBytes,
    findOutput: (digest) => findSaved(digest) ?? findOutput(run, digest),
    authorize: (request) => pass({ action, ...request }),
    ...(scope && { scope }),
    ...(source && { source }),
    ...(schema && { schema }),
  });
}

/**
 * The stored content that the run may read. What a workflow of somebody else reads in the name of a user who may see the
 * whole tenant is that user's content only, unless each author may see the whole tenant too.
 */
export function scopeOfActor({ scopeOf }: Pick<CommandStepDeps, 'scopeOf'>, actor: Actor): Scope | undefined {
  const scope = scopeOf(actor);
  const seesAll = (actor.authors ?? []).every((author) => {
    const authorScope = scopeOf(author);
    return authorScope !== undefined && authorScope.subject === undefined;
  });
  return scope && !seesAll ? { tenant: scope.tenant, subject: actor.subject } : scope;
}

/** The output of a step of the run. */
export function findOutput(run: RunAggregate, digest: string): StepOutput | undefined {
  for (const { output } of run.steps.values()) if (output?.digest === digest) return output;
  return undefined;
}

function accessKey(request: AccessRequest): string {
  return `${request.uri?.href ?? ''}\n${request.schema?.href ?? ''}`;
}
