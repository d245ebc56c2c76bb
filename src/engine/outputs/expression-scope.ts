import type { ArtifactStore } from '../../core/artifact-store.ts';
import type { BigJson } from '../../core/parse-json.ts';
import { isFailedEnd } from '../../core/states.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { References } from '../../workflow/expressions/references.ts';
import type { ExpressionScope, StepView } from '../../workflow/model/expression-scope.ts';
import type { MutableStep, RunAggregate } from '../model/run-aggregate.ts';
import { isBatch, readBatch } from './batch-items.ts';
import { outputContent, outputJson, resourceView } from './output-json.ts';

export interface ScopeDeps {
  readonly artifacts: ArtifactStore;
  /** The newest log lines of a step. */
  logsOf(runId: string, step: string): Promise<readonly string[]>;
}

/**
 * What the expressions of a step see. Only what they reference is looked up.
 * @param step undefined for the outputs of the run
 * @returns a promise only when something must be read
 */
export function buildExpressionScope(
  deps: ScopeDeps,
  run: RunAggregate,
  step: MutableStep | undefined,
  references: readonly References[],
): ExpressionScope | Promise<ExpressionScope> {
  const readsAny = references.some(({ dynamicStep }) => dynamicStep);
  const keys = readsAny ? run.topLevel.map(({ key }) => key) : new Set(references.flatMap(({ steps }) => [...steps]));
  const steps: Record<string, StepView> = {};
  const pending: Promise<unknown>[] = [];
  const wantsContent = references.some(({ members }) => members.has('content'));
  for (const key of keys) {
    const one = run.steps.get(key);
    if (!one) continue;
    // Who needs only its URI may have a large one.
    const readsOutput = readsAny || references.some(({ outputs }) => outputs.has(key));
    const output = readsOutput ? outputJson(one.output, deps.artifacts) : null;
    const addView = (value: BigJson, content?: JsonObject | null) => {
      steps[key] = { ...stepView(run, one, value), ...(content !== undefined && { content }) };
    };
    if (wantsContent) pending.push(withContent(deps, one, output, addView));
    else if (output instanceof Promise) pending.push(output.then((value) => addView(value)));
    else addView(output);
  }
  const { id, labels, inputs } = run.record;
  const scope: { -readonly [K in keyof ExpressionScope]: ExpressionScope[K] } = {
    inputs: inputs as JsonObject,
    steps,
    run: { id, labels },
  };
  if (step?.role === 'item') {
    scope.index = step.index ?? 0;
    if (!isBatch(step)) scope.item = step.item ?? null;
    else if (references.some((one) => one.item)) {
      pending.push(
        readBatch(step.item, deps.artifacts).then((items) => {
          scope.item = items;
        }),
      );
    }
  }
  const repair = step && run.bookkeeping.get(step.key)?.repair;
  if (repair && references.some((one) => one.repair)) {
    const { step: failed, round, error } = repair;
    pending.push(
      deps.logsOf(id, failed).then((logs) => {
        scope.repair = { step: failed, round, error: { ...error }, logs };
      }),
    );
  }
  return pending.length === 0 ? scope : Promise.all(pending).then(() => scope);
}

/** An output with its content, as agents get it. */
async function withContent(
  { artifacts }: ScopeDeps,
  { output }: MutableStep,
  value: BigJson | Promise<BigJson>,
  addView: (value: BigJson, content: JsonObject | null) => void,
): Promise<void> {
  addView(await value, output ? await outputContent(output, artifacts) : null);
}

function stepView(run: RunAggregate, step: MutableStep, output: BigJson): StepView {
  const { state, error } = step;
  const failed = run.items.get(step.key)?.steps.filter((item) => isFailedEnd(item.state));
  return {
    output,
    resource: step.output ? resourceView(step.output) : null,
    state,
    error: error ? { code: error.code, message: error.message } : null,
    ...(failed && {
      errors: failed.map(({ index = 0, error: of }) => ({
        index,
        code: of?.code ?? 'INTERNAL',
        message: of?.message ?? '',
      })),
    }),
  };
}
