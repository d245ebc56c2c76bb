import type { Clock } from '../core/clock.ts';
import type { Decision } from '../core/decision.ts';
import type { Journal } from '../core/journal.ts';
import type { Logger } from '../core/logger.ts';
import type { Metrics } from '../core/metrics.ts';
import type { SignedIn } from '../core/principal.ts';
import type { Resources } from '../core/resource.ts';
import { admit } from './admit.ts';
import { aboutOf, beginRun, userOf } from './begin-run.ts';
import type { Capabilities } from './capabilities.ts';
import { compileCommand } from './compile-command.ts';
import { denyRun } from './deny-run.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { CommandRequest, Outcome } from './engine.ts';
import type { Gate } from './gate.ts';
import type { LiveRun } from './machine/live-run.ts';
import type { Once } from './once.ts';
import type { Running } from './running.ts';

export interface ExecuteDeps {
  readonly capabilities: Capabilities;
  readonly resources: Resources;
  readonly gate: Gate;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly dispatcher: Dispatcher;
  readonly running: Running;
  readonly once: Once;
  readonly admitted: WeakMap<LiveRun, ReadonlyMap<string, readonly Decision[]>>;
}

/** Runs one command, or a pipeline of them, to its end; see `Engine.execute`. */
export async function executeCommand(
  deps: ExecuteDeps,
  principal: SignedIn,
  request: CommandRequest,
): Promise<Outcome> {
  const who = userOf(principal);
  const plan = compileCommand(deps.capabilities.commands, request.command, request.options, request.outputMediaType);
  const about = aboutOf(request, [request.command, plan.inputs, request.outputMediaType ?? null]);
  const snapshot = await deps.once(who, about, async () => {
    const admission = admit(plan.steps, plan.inputs, who, deps);
    if (admission.refused) {
      const { step, fault } = admission.refused;
      if (fault.code !== 'THROTTLED') {
        const { idempotencyKey: _, ...rest } = about;
        const at = deps.clock.now();
        await denyRun(deps, beginRun(who, plan, rest, at), fault, step, at);
        deps.metrics.runEnded(plan.kind, 'DENIED', 0);
      }
      throw fault;
    }
    deps.dispatcher.admit();
    const start = beginRun(who, plan, about, deps.clock.now());
    deps.admitted.set(start.live, admission.admitted);
    return deps.running.drive(start).settled();
  });
  const output = snapshot.run.state === 'SUCCEEDED' ? snapshot.steps.at(-1)?.output : undefined;
  return { snapshot, ...(output && { output }) };
}
