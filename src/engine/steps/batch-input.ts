import type { AnyCommand } from '../../commands/definition/define-command.ts';
import { validateOptions } from '../../commands/definition/validate-options.ts';
import type { CpuPool } from '../../core/cpu-pool.ts';
import { isJsonObject } from '../../lib/json.ts';
import { evaluate } from '../../workflow/expressions/evaluate.ts';
import { referencesIn } from '../../workflow/expressions/references.ts';
import type { Capabilities } from '../capabilities/capabilities.ts';
import type { Attempt } from '../model/attempt.ts';
import { plannedInput } from '../model/run-aggregate.ts';
import { isBatch } from '../outputs/batch-items.ts';
import { buildExpressionScope, type ScopeDeps } from '../outputs/expression-scope.ts';

interface BatchInputDeps extends ScopeDeps {
  readonly cpu: CpuPool;
  readonly capabilities: Capabilities;
}

/**
 * The attempt with its input. That of a batch is evaluated again when the step begins, because neither the journal nor the
 * run keeps it: it may hold all items of the batch.
 * @throws Fault as when the step was prepared
 */
export async function withBatchInput(deps: BatchInputDeps, attempt: Attempt): Promise<Attempt> {
  const { run, step } = attempt;
  if (!isBatch(step) || !step.terms?.evaluate) return attempt;
  const planned = plannedInput(run, step) ?? null;
  const scope = await buildExpressionScope(deps, run, step, [referencesIn(planned)]);
  const value = await evaluate(planned, scope, deps.cpu.of(run.record.principal));
  const capability = step.kind === 'AGENT' ? undefined : deps.capabilities.of(step);
  const input = capability && isJsonObject(value) ? validateOptions(capability as AnyCommand, value) : value;
  return { ...attempt, step: { ...step, input } };
}
