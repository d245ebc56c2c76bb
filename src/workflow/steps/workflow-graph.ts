import type { StepKind } from '../../core/run.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import type { Locate } from '../model/problems.ts';
import type { WorkflowGraph } from '../model/workflow-document.ts';
import { type StepDraft, stepKindOf } from './step-draft.ts';

/** Kinds of steps that perform something with a name. */
const NAMED_KINDS: ReadonlySet<string> = new Set(['command', 'query', 'tool', 'workflow']);

/** The steps and their dependencies, for display; then the compensations, under the keys that they have in runs. */
export function graphOf(steps: readonly StepDraft[], locate: Locate): WorkflowGraph {
  const keys = new Set(steps.map(({ key }) => key));
  const lineOf = (at: Parameters<Locate>[0]) => {
    const line = locate(at)?.line;
    return line === undefined ? {} : { line };
  };
  const compensations = steps.flatMap(({ key, title, raw, at }) => {
    const { compensate } = raw;
    if (!isJsonObject(compensate) || typeof compensate.kind !== 'string') return [];
    const kind = stepKindOf(compensate).toUpperCase() as StepKind;
    const node = { key: `undo:${key}`, kind, title: `Undo: ${title}`, forEach: false, undoes: key };
    return [{ ...node, ...doesOf(compensate), ...lineOf([...at, 'compensate']) }];
  });
  return {
    nodes: [
      ...steps.map(({ key, kind, title, raw, at }) => ({
        ...{ key, kind, title, forEach: raw.for_each !== undefined },
        ...doesOf(raw),
        ...repairsOf(raw),
        ...lineOf(at),
      })),
      ...compensations,
    ],
    edges: steps.flatMap(({ key, dependsOn }) =>
      dependsOn.filter((from) => keys.has(from)).map((from) => ({ from, to: key })),
    ),
  };
}

function doesOf(raw: JsonObject): { readonly does?: string } {
  const kind = stepKindOf(raw);
  const does =
    kind === 'agent' ? isJsonObject(raw.agent) && raw.agent.backend : NAMED_KINDS.has(kind) ? raw[kind] : undefined;
  return typeof does === 'string' ? { does } : {};
}

function repairsOf({ repair }: JsonObject): { readonly repairs?: string } {
  return isJsonObject(repair) && typeof repair.step === 'string' ? { repairs: repair.step } : {};
}
