import type { JsonObject } from '../core/json.ts';
import type { Resources } from '../core/resource.ts';
import type { StepBody } from '../core/run.ts';
import { agentOf, asksOfAgent } from './agent-of.ts';
import type { Capabilities } from './capabilities.ts';
import { asksOf, type StepAsk } from './step-asks.ts';

/** What the policy is asked before a step may begin, whatever its kind. @throws Fault BAD_INPUT, NOT_FOUND */
export function asksOfStep(
  { capabilities, resources }: { readonly capabilities: Capabilities; readonly resources: Resources },
  step: Pick<StepBody, 'kind' | 'capability'>,
  options: JsonObject,
): readonly StepAsk[] {
  if (step.kind === 'AGENT') return asksOfAgent(agentOf(options, capabilities), capabilities);
  return asksOf(step, capabilities.of(step), options, resources);
}
