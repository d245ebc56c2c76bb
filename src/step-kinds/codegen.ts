import { Type } from 'typebox';
import type { LanguageModel } from '../core/agent.ts';
import type { AgentSession } from '../core/agent-session.ts';
import type { Json } from '../lib/json.ts';
import { findDeliverables } from './codegen/deliverables.ts';
import { diffFiles } from './codegen/diff-files.ts';
import { reviseFilesByModel } from './codegen/files-by-model.ts';
import { readProblems } from './codegen/read-problems.ts';
import { defineStepKind } from './define-step-kind.ts';
import { FileRef, MAX_FILES, type TextFile } from './files/file-ref.ts';
import { readFiles, textOf } from './files/read-files.ts';
import { saveFiles } from './files/save-files.ts';
import { checkPlan } from './plan/check-plan.ts';
import { ServicePlanSchema } from './plan/plan-schema.ts';
import { callRuff, isPython } from './ruff/call-ruff.ts';
import { readFindings } from './shared/findings.ts';
import { MAX_STACK_CHARS, readStack } from './stacks/read-stack.ts';
import { renderStack } from './stacks/render-stack.ts';
import { readSources } from './stacks/template-data.ts';

const Input = Type.Object({
  plan: ServicePlanSchema,
  stack: Type.Optional(
    Type.String({
      maxLength: MAX_STACK_CHARS,
      description: 'Stack to use: its name, or words that contain it. Default: the stack of the plan.',
    }),
  ),
  deliverables: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 200, description: 'A part of the stack, a folder or a file.' }), {
      maxItems: 40,
      description: 'What the files must contain, such as `api`, `tests` or `README.md`. Maximum 40.',
    }),
  ),
  findings: Type.Optional(
    Type.Array(Type.Unknown(), {
      maxItems: 200,
      description: 'Findings, or outputs of `research` and of search tools; the README lists them.',
    }),
  ),
  previous: Type.Optional(
    Type.Array(FileRef, { maxItems: MAX_FILES, description: 'Files of an earlier round, for comparison.' }),
  ),
  problems: Type.Optional(
    Type.Array(Type.Unknown(), {
      maxItems: 200,
      description: 'Problems of these files: diagnostics, checks of `eval`, or `repair.error`.',
    }),
  ),
});

export function codegen({ model, stacksDir }: { readonly model?: LanguageModel; readonly stacksDir: string }) {
  return defineStepKind({
    kind: 'CODEGEN',
    title: 'Generate code',
    description:
      'Generates the files of a service from its plan and the templates of a stack; each becomes an artifact. A language ' +
      'model may rewrite files when the plan needs more, or when `eval` found problems.',
    input: Input,
    idempotent: true,
    async run(
      { plan, stack: name = plan.stack, deliverables, findings = [], previous, problems = [] },
      session,
    ): Promise<Json> {
      checkPlan(plan);
      const stack = await readStack(stacksDir, name);
      const objects = await readFindings(findings);
      const report = readProblems(problems);
      const before = await earlierFiles(previous ?? report.files, session);

      session.progress(10, 'templates');
      const rendered = await renderStack(stack, plan, readSources(objects), session);
      const paths = rendered.map(({ path }) => path);
      const delivered = deliverables && findDeliverables(deliverables, stack, paths);
      const revised = model
        ? await reviseFilesByModel(
            model,
            { plan, files: mergeEarlierFiles(rendered, before), problems: report.texts, findings: objects },
            session,
          )
        : rendered;
      session.progress(70, 'formatting');
      const files = await formatFiles(revised, session);
      const refs = await saveFiles(files, session);
      const diff = diffFiles(before, files);
      session.log(
        'INFO',
        `${files.length} files by ${stack.name}: ${diff.added.length} new, ${diff.changed.length} changed.`,
      );
      return { stack: stack.name, files: refs, diff, ...(delivered && { deliverables: delivered }) } as unknown as Json;
    },
  });
}

async function earlierFiles(refs: readonly FileRef[], session: AgentSession): Promise<readonly TextFile[]> {
  const files = await readFiles(refs, session);
  return files.map((file) => ({ path: file.path, text: textOf(file) }));
}

/** The starting point of the model: the files of an earlier round, otherwise those of the templates. */
function mergeEarlierFiles(rendered: readonly TextFile[], before: readonly TextFile[]): readonly TextFile[] {
  const earlier = new Map(before.map(({ path, text }) => [path, text]));
  return rendered.map(({ path, text }) => ({ path, text: earlier.get(path) ?? text }));
}

/** Python files with ruff's formatting and safe fixes. */
async function formatFiles(files: readonly TextFile[], session: AgentSession): Promise<readonly TextFile[]> {
  const python = files.filter(isPython);
  if (python.length === 0) return files;
  const report = await callRuff({ files: python, fix: true }, session);
  const formatted = new Map(report.files.map(({ path, text }) => [path, text]));
  return files.map(({ path, text }) => ({ path, text: formatted.get(path) ?? text }));
}
