import type { AgentSession } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { filePathProblem, type TextFile } from '../files/file-ref.ts';
import type { Stack } from './read-stack.ts';
import type { RenderRequest } from './render-stack-task.ts';
import { type TemplatePlan, type TemplateSource, templateData } from './template-data.ts';

const TASK_URL = new URL('./render-stack-task.ts', import.meta.url);
const TIMEOUT_MS = 10_000;

/** Renders texts that are templates, with the same data as the templates of a stack. */
export async function renderTexts(
  texts: readonly string[],
  plan: TemplatePlan,
  session: AgentSession,
): Promise<readonly string[]> {
  const templates = texts.map((source, i) => ({ name: `text ${i}`, source }));
  return render({ templates, names: templates.map(({ name }) => name), data: templateData(plan, []) }, session);
}

/** All files of the stack for this plan. @throws Fault UNAVAILABLE for an invalid stack */
export async function renderStack(
  { manifest, templates }: Stack,
  plan: TemplatePlan,
  sources: readonly TemplateSource[],
  session: AgentSession,
): Promise<readonly TextFile[]> {
  const paths = await renderPaths(manifest.files, plan, session);
  const names = manifest.files.map(({ template }) => template);
  const texts = await render({ templates, names, data: templateData(plan, sources) }, session);
  return paths.map((path, i) => ({ path, text: texts[i] ?? '' }));
}

/** Paths of the stack's files for this plan. */
export async function renderPaths(
  files: Stack['manifest']['files'],
  plan: TemplatePlan,
  session: AgentSession,
): Promise<readonly string[]> {
  const paths = await renderTexts(
    files.map(({ path }) => path),
    plan,
    session,
  );
  for (const path of paths) {
    const problem = filePathProblem(path);
    if (problem)
      throw new Fault('UNAVAILABLE', `The stack has a file ${JSON.stringify(path)}, ${problem}. Fix its manifest.`);
  }
  return paths;
}

function render(request: RenderRequest, session: AgentSession): Promise<readonly string[]> {
  return session.cpu.run<RenderRequest, readonly string[]>(TASK_URL, request, {
    timeoutMs: TIMEOUT_MS,
    signal: session.signal,
  });
}
