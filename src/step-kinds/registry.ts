import type { LanguageModel } from '../core/agent.ts';
import type { RunNodeTests } from './checks/run-node-tests.ts';
import { codegen } from './codegen.ts';
import type { AnyStepKind } from './define-step-kind.ts';
import { evaluate } from './evaluate.ts';
import { notify } from './notify.ts';
import { plan } from './plan.ts';
import { repo } from './repo.ts';
import { research } from './research.ts';

export interface StepKindDeps {
  /** Without one, plans and code are made by rules and templates. */
  readonly model?: LanguageModel;
  /** Absolute. */
  readonly stacksDir: string;
  /** Without it the tests of Node projects are `not installed`. */
  readonly runNodeTests?: RunNodeTests;
}

/** The kinds of steps that are made of tools and turns, in the order of the work that they do. */
export function createStepKinds(deps: StepKindDeps): readonly AnyStepKind[] {
  return [plan(deps), research, codegen(deps), evaluate(deps), repo, notify];
}
