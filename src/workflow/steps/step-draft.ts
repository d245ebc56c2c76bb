import { AGENTIC_KINDS, type StepKind } from '../../core/run.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { Catalog } from '../model/catalog.ts';
import type { DocumentPath, Problems } from '../model/problems.ts';
import { STEP_KIND_NAMES } from '../schema/workflow-schema.ts';

const WORK: ReadonlySet<string> = new Set(AGENTIC_KINDS.map((kind) => kind.toLowerCase()));

/** The kind of a step or compensation, in lower case: `research` with a `tool` is a step of kind tool. */
export function stepKindOf({ kind, tool }: JsonObject): string {
  return typeof kind === 'string' && WORK.has(kind) && tool !== undefined ? 'tool' : String(kind);
}

/** True for a kind with a dedicated input, built in or from a plugin. */
export function isWorkKind(kind: string, catalog: Catalog): boolean {
  return WORK.has(kind) || catalog.kind(kind) !== undefined;
}

/** A step of a document whose id is valid and whose kind exists. */
export interface StepDraft {
  readonly key: string;
  readonly kind: StepKind;
  readonly title: string;
  /** As the document has it. */
  readonly raw: JsonObject;
  readonly at: DocumentPath;
  /** True when it has the shape of its kind. */
  readonly fits: boolean;
  /** Keys of steps, including those that its expressions refer to. */
  readonly dependsOn: readonly string[];
}

const ID = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** The steps with a valid id and kind. A duplicate id is a problem; its first step is kept. */
export function draftSteps(
  steps: Json | undefined,
  fit: ReadonlySet<number>,
  catalog: Catalog,
  problems: Problems,
): readonly StepDraft[] {
  const drafts = new Map<string, StepDraft>();
  for (const [i, raw] of (Array.isArray(steps) ? (steps as readonly Json[]) : []).entries()) {
    if (!isJsonObject(raw)) continue;
    const { id: key, kind, title } = raw;
    if (typeof key !== 'string' || !ID.test(key)) continue;
    const at = ['steps', i];
    if (drafts.has(key)) {
      problems.error(`More than one step has the id ${key}. Give this one another id.`, [...at, 'id'], { step: key });
      continue;
    }
    if (typeof kind !== 'string' || !(STEP_KIND_NAMES.includes(kind) || isWorkKind(kind, catalog))) continue;
    const draft = {
      key,
      kind: stepKindOf(raw).toUpperCase() as StepKind,
      title: typeof title === 'string' ? title : key,
      raw,
      at,
      fits: fit.has(i),
      dependsOn: [],
    };
    drafts.set(key, draft);
  }
  return [...drafts.values()];
}

/** All ids of the document, also of invalid steps, so that references to these are not reported as well. */
export function idsOf(steps: Json | undefined): ReadonlySet<string> {
  const list = Array.isArray(steps) ? (steps as readonly Json[]) : [];
  return new Set(list.flatMap((raw) => (isJsonObject(raw) && typeof raw.id === 'string' ? [raw.id] : [])));
}

/** `depends_on` without steps that do not exist, which are reported. */
export function explicitDependencies(
  draft: StepDraft,
  ids: ReadonlySet<string>,
  problems: Problems,
): readonly string[] {
  const names = draft.raw.depends_on;
  if (!Array.isArray(names)) return [];
  return (names as readonly Json[]).filter((name, i): name is string => {
    if (typeof name !== 'string') return false;
    if (ids.has(name)) return true;
    const message = () =>
      `Step ${draft.key} depends on ${JSON.stringify(name.slice(0, 64))}, which is not a step.${didYouMean(name, ids)}`;
    problems.error(message, [...draft.at, 'depends_on', i], { step: draft.key });
    return false;
  });
}
