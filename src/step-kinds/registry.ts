import type { LanguageModel } from '../core/agent.ts';
import type { RunNodeTests } from './checks/run-node-tests.ts';
import { codegen } from './codegen.ts';
import type { AnyStepKind } from './define-step-kind.ts';
import { evaluate } from './evaluate.ts';
import type { ExchangeDeps } from './http/exchange.ts';
import { http } from './http.ts';
import { job } from './job.ts';
import { notify } from './notify.ts';
import { plan } from './plan.ts';
import { repo } from './repo.ts';
import { research } from './research.ts';

export interface StepKindDeps extends ExchangeDeps {
  /** Without a model, plans and code come from rules and templates. */
  readonly model?: LanguageModel;
  /** Absolute. */
  readonly stacksDir: string;
  /** Absent: the tests of Node projects are `not installed`. */
  readonly runNodeTests?: RunNodeTests;
}

/** All step kinds, in the order of a typical workflow. */
export function createStepKinds(deps: StepKindDeps): readonly AnyStepKind[] {
  return [plan(deps), research, codegen(deps), evaluate(deps), repo, notify, http(deps), job(deps.canonicalize)];
}
