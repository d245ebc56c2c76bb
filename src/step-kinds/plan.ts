import { Type } from 'typebox';
import type { LanguageModel } from '../core/agent.ts';
import type { AgentSession } from '../core/agent-session.ts';
import { defineStepKind } from './define-step-kind.ts';
import { MAX_NAME_CHARS } from './plan/names.ts';
import { planByModel } from './plan/plan-by-model.ts';
import { type PlanDraft, planByRules } from './plan/plan-by-rules.ts';
import type { ServicePlan } from './plan/plan-schema.ts';
import { MAX_STACK_CHARS, readStack, type Stack } from './stacks/read-stack.ts';
import { renderPaths, renderTexts } from './stacks/render-stack.ts';

/** Adds the endpoints, files and tests of the stack to the draft. */
async function planForStack(draft: PlanDraft, stack: Stack, session: AgentSession): Promise<ServicePlan> {
  const { endpoints, files, tests } = stack.manifest;
  const texts = [...endpoints.flatMap(({ path, summary }) => [path, summary]), ...tests];
  const rendered = await renderTexts(texts, draft, session);
  return {
    ...draft,
    stack: stack.name,
    endpoints: endpoints.map(({ method }, i) => ({
      method,
      path: rendered[2 * i] ?? '',
      summary: rendered[2 * i + 1] ?? '',
    })),
    files: [...(await renderPaths(files, draft, session))],
    tests: rendered.slice(2 * endpoints.length),
  };
}

const DEFAULT_STACK = 'python-stdlib';

const Input = Type.Object({
  goal: Type.String({ minLength: 1, maxLength: 2_000, description: 'Goal, in words.' }),
  resource: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_NAME_CHARS,
      description: 'Resource of the service, such as Listing. Default: a word of the goal.',
    }),
  ),
  stack: Type.Optional(
    Type.String({
      maxLength: MAX_STACK_CHARS,
      description: `Stack of templates for the code: its name, or words that contain it. Default ${DEFAULT_STACK}.`,
    }),
  ),
  requirements: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
      maxItems: 40,
      description: 'Requirements in words, or fields such as `price: number required >= 0`.',
    }),
  ),
});

export function plan({ model, stacksDir }: { readonly model?: LanguageModel; readonly stacksDir: string }) {
  return defineStepKind({
    kind: 'PLAN',
    title: 'Plan',
    description:
      'Plans a small service around one resource: its fields, endpoints, files and tests, and queries for research. Uses ' +
      'rules and a lexicon of common resources; a language model, if configured, fits the fields to the goal.',
    input: Input,
    idempotent: true,
    async run({ stack: name = DEFAULT_STACK, ...wish }, session): Promise<ServicePlan> {
      const stack = await readStack(stacksDir, name);
      const draft = planByRules(wish);
      const servicePlan = await planForStack(
        model ? await planByModel(model, wish, draft, session) : draft,
        stack,
        session,
      );
      const { entity, files } = servicePlan;
      session.log(
        'INFO',
        `${servicePlan.title}: ${entity.fields.length} fields, ${files.length} files, by ${servicePlan.made_by}.`,
      );
      return servicePlan;
    },
  });
}
