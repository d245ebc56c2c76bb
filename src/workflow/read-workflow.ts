import { newId } from '../core/ids.ts';
import type { Priority } from '../core/run.ts';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { checkTemplates, type ReferenceContext } from './checks/check-references.ts';
import { checkShape } from './checks/check-shape.ts';
import { checkSteps, type StepCheckDeps } from './checks/check-steps.ts';
import { createExpressionChecker } from './checks/expression-checker.ts';
import { completeSteps } from './forms/complete-steps.ts';
import { originOf } from './forms/native-form.ts';
import { otherForm } from './forms/other-form.ts';
import { type InputSchema, readInputSchema } from './inputs/input-schema.ts';
import type { Catalog } from './model/catalog.ts';
import { createProblems, type DocumentPath, type Locate, type Problems } from './model/problems.ts';
import type {
  ReadResult,
  ScheduleRule,
  WebhookTrigger,
  WorkflowDocument,
  WorkflowGraph,
  WorkflowPlan,
} from './model/workflow-document.ts';
import { MAX_STEPS } from './model/workflow-limits.ts';
import { FLOW_KEYS, flowRulesOf, textOf } from './read-flow.ts';
import { readSchedule } from './read-schedule.ts';
import { readSource, type WorkflowSource } from './read-source.ts';
import { readWebhook } from './read-webhook.ts';
import { compilePlan, compileStep } from './steps/compile-steps.ts';
import { draftSteps, idsOf, type StepDraft } from './steps/step-draft.ts';
import { graphOf } from './steps/workflow-graph.ts';

/**
 * Reads a workflow: native YAML or JSON, DAG-JSON, a pipeline or an agent file, distinguished by their shape. All problems are reported
 * at once, with line and column where the source is text; there is a document unless one is an ERROR. Never throws,
 * whatever the source.
 */
export function readWorkflow(source: WorkflowSource, catalog: Catalog): ReadResult {
  const { value, yaml, locate, problems } = readSource(source);
  if (value === undefined) return { problems };
  const { native, found, locateNative } = toNative(value, catalog, locate);
  const count = Array.isArray(native.steps) ? native.steps.length : 0;
  // Without a single step to check, further problems would only be consequences.
  if (found.failed() && count === 0) return { problems: [...problems, ...found.list()] };
  if (count > MAX_STEPS) {
    const message = `There are ${count} steps; the maximum is ${MAX_STEPS}. Use for_each, or move some into a separate workflow.`;
    found.error(message, ['steps']);
    return { problems: [...problems, ...found.list()] };
  }
  const fit = checkShape(native, catalog, found);
  const inputs = readInputSchema(native.inputs, found);
  const ids = idsOf(native.steps);
  const engine = createExpressionChecker();
  const steps = checkSteps(draftSteps(native.steps, fit, catalog, found), {
    catalog,
    inputs,
    ids,
    engine,
    problems: found,
  });
  checkValues(native, { inputs, ids, engine, problems: found });
  warnOfRecursion(native.name, steps, found);
  const schedule = readSchedule(native.schedule, found);
  const webhook = readWebhook(native, inputs, found);
  const triggers = { ...(schedule && { schedule }), ...(webhook && { webhook }) };
  const graph = graphOf(steps, locateNative);
  const all = [...problems, ...found.list()];
  if (found.failed()) return { ...(steps.length > 0 && { graph }), problems: all };
  const document = documentOf({ native, value, yaml, inputs, steps, graph, catalog, triggers });
  return { document, graph, problems: all };
}

function toNative(
  value: JsonObject,
  catalog: Catalog,
  locate: Locate,
): { readonly native: JsonObject; readonly found: Problems; readonly locateNative: Locate } {
  // Problems of the conversion have paths of the source, the others paths of the native form.
  const origins = new Map<string, DocumentPath>();
  let converted = false;
  const locateOrigin: Locate = (path, key) => {
    const origin = originOf(origins, path);
    return origin ? locate(origin, key) : locate([]);
  };
  const found = createProblems(
    (path, key) => (converted ? locateOrigin(path, key) : locate(path, key)),
    (path) => (converted ? (originOf(origins, path) ?? path) : path),
  );
  const form = otherForm(value, catalog, found) ?? completeSteps(value, catalog, found);
  for (const [path, origin] of form.origins) origins.set(path, origin);
  converted = true;
  return { native: form.document, found, locateNative: locateOrigin };
}

/** Checks expressions outside the steps. */
function checkValues(native: JsonObject, { inputs, ids, engine, problems }: Omit<StepCheckDeps, 'catalog'>): void {
  const outside = { inputs, engine, item: false, repair: false };
  const goal: ReferenceContext = { ...outside, steps: new Set(), name: 'goal_template', run: false, linearTime: true };
  checkTemplates(native.goal_template, ['goal_template'], goal, problems);
  for (const name of FLOW_KEYS) {
    const rule = native[name];
    const key = isJsonObject(rule) ? rule.key : undefined;
    checkTemplates(key, [name, 'key'], { ...goal, name: `${name}.key` }, problems);
  }
  checkTemplates(native.outputs, ['outputs'], { ...outside, steps: ids, name: 'outputs', run: true }, problems);
}

function warnOfRecursion(name: Json | undefined, steps: readonly StepDraft[], problems: Problems): void {
  for (const { raw, at, key } of steps) {
    if (raw.kind !== 'workflow' || raw.workflow !== name) continue;
    const message = `Step ${key} starts this same workflow. Unless its \`when\` ends the recursion, it continues until a limit stops it.`;
    problems.warn(message, [...at, 'workflow'], { step: key });
  }
}

interface DocumentParts {
  readonly native: JsonObject;
  readonly value: JsonObject;
  readonly yaml: string;
  readonly inputs: InputSchema;
  readonly steps: readonly StepDraft[];
  readonly graph: WorkflowGraph;
  readonly catalog: Catalog;
  readonly triggers: { readonly schedule?: ScheduleRule; readonly webhook?: WebhookTrigger };
}

function documentOf({ native, value, yaml, inputs, steps, graph, catalog, triggers }: DocumentParts): WorkflowDocument {
  const name = native.name as string;
  const templates = steps.map((step) => compileStep(step, catalog));
  const planned = templates.map((step) => withSortedKeys({ id: '', ...step }));
  const plan = compilePlan(native);
  return {
    name,
    ...(typeof native.description === 'string' && { description: native.description }),
    yaml,
    source: value,
    inputs: inputs.schema,
    graph,
    steps: templates,
    ...triggers,
    ...(typeof native.priority === 'string' && { priority: native.priority.toUpperCase() as Priority }),
    compile(values): WorkflowPlan {
      const filled = inputs.check(values);
      const goal = textOf(native.goal_template, filled);
      const flow = flowRulesOf(native, filled);
      return {
        name,
        ...(goal !== undefined && { goal }),
        inputs: filled,
        labels: (native.labels ?? {}) as JsonObject,
        steps: planned.map((step) => ({ ...step, id: newId('step') })),
        plan: { ...plan, ...(flow && { flow }) },
      };
    },
  };
}

/** So that its keys are not sorted when a run is recorded. Its values stay as the document has them, whose order may mean something. */
function withSortedKeys<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}
