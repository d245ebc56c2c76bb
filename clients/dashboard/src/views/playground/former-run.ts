import { PlayRunDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import type { FormValue } from '../../parts/schema-form/schema-form.tsx';

/** What a run was started with, as values of a form: for "Run again". */
export function useFormerRun(id: string): {
  readonly isReady: boolean;
  readonly value: FormValue | undefined;
  readonly error: unknown;
} {
  const { data, error } = useRead(PlayRunDocument, { id }, { enabled: id !== '', keepFormer: false });
  const run = data?.run;
  if (!run) return { isReady: false, value: undefined, error };
  const inputs = (run.inputs ?? {}) as FormValue;
  const [step] = run.steps;
  const value =
    run.kind === 'COMMAND'
      ? ((step?.input ?? {}) as FormValue)
      : run.text === null || run.workflowVersion !== null
        ? inputs
        : { document: run.text, ...(Object.keys(inputs).length > 0 && { inputs }) };
  return { isReady: true, value, error: undefined };
}

/** The form in which a run can be started again. */
export function playPathOf(run: {
  readonly id: string;
  readonly kind: string;
  readonly workflow: string | null;
  /** Its workflow is saved. */
  readonly isSaved: boolean;
  /** What its only step does, for a command. */
  readonly does: string | null | undefined;
}): string {
  const { id, kind, workflow, isSaved, does } = run;
  if (kind === 'COMMAND' && does) return `/play/command/${encodeURIComponent(does)}?from=${id}`;
  if (isSaved && workflow !== null) return `/play/workflow/${encodeURIComponent(workflow)}?from=${id}`;
  return `/play/document/new?from=${id}`;
}
