import { Type } from 'typebox';
import type { LanguageModel } from '../core/agent.ts';
import { defineKind } from '../step-kinds/define-step-kind.ts';
import { MAX_NAME } from '../step-kinds/plan/names.ts';
import { planByModel } from '../step-kinds/plan/plan-by-model.ts';
import { planByRules } from '../step-kinds/plan/plan-by-rules.ts';
import type { Plan } from '../step-kinds/plan/plan-schema.ts';
import { readStack } from '../step-kinds/stacks/read-stack.ts';
import { planForStack } from './stacks/plan-for-stack.ts';

export const DEFAULT_STACK = 'python-stdlib';

const Input = Type.Object({
  goal: Type.String({ minLength: 1, maxLength: 2_000, description: 'What is wanted, in words.' }),
  resource: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_NAME,
      description: 'What the service keeps, such as Listing. Without it a word of the goal.',
    }),
  ),
  stack: Type.Optional(
    Type.String({ maxLength: 64, description: `What the code is made of; ${DEFAULT_STACK} unless told.` }),
  ),
  requirements: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
      maxItems: 40,
      description: 'One each: in words, or a field such as `price: number required >= 0`.',
    }),
  ),
});

export function plan({ model, stacksDir }: { readonly model?: LanguageModel; readonly stacksDir: string }) {
  return defineKind({
    kind: 'PLAN',
    title: 'Plan',
    description:
      'Plans a small service around one resource: its fields, endpoints, files and tests, and what to look up first. By ' +
      'rules and a lexicon of common resources; with a language model the fields fit the goal.',
    input: Input,
    idempotent: true,
    async run({ stack: name = DEFAULT_STACK, ...wish }, work): Promise<Plan> {
      const stack = await readStack(stacksDir, name);
      const draft = planByRules(wish);
      const made = await planForStack(model ? await planByModel(model, wish, draft, work) : draft, stack, work);
      const { entity, files } = made;
      work.log('INFO', `${made.title}: ${entity.fields.length} fields, ${files.length} files, by ${made.made_by}.`);
      return made;
    },
  });
}
