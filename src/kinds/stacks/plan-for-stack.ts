import type { AgentSession } from '../../core/agent-session.ts';
import type { Draft } from '../../step-kinds/plan/plan-by-rules.ts';
import type { Plan } from '../../step-kinds/plan/plan-schema.ts';
import type { Stack } from '../../step-kinds/stacks/read-stack.ts';
import { renderTexts, stackPaths } from '../../step-kinds/stacks/render-stack.ts';

/** The draft with the endpoints, files and tests that the stack makes of it. */
export async function planForStack(draft: Draft, stack: Stack, work: AgentSession): Promise<Plan> {
  const { endpoints, files, tests } = stack.manifest;
  const texts = [...endpoints.flatMap(({ path, summary }) => [path, summary]), ...tests];
  const said = await renderTexts(texts, draft, work);
  return {
    ...draft,
    stack: stack.name,
    endpoints: endpoints.map(({ method }, i) => ({ method, path: said[2 * i] ?? '', summary: said[2 * i + 1] ?? '' })),
    files: [...(await stackPaths(files, draft, work))],
    tests: said.slice(2 * endpoints.length),
  };
}
