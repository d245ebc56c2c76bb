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
      : run.text == null
        ? inputs
        : { document: run.text, ...(Object.keys(inputs).length > 0 && { inputs }) };
  return { isReady: true, value, error: undefined };
}

/** The form in which a run can be started again. */
export function playPathOf(run: {
  readonly id: string;
  readonly kind: string;
  readonly does: string | undefined;
}): string {
  const name = run.kind === 'COMMAND' ? `command/${encodeURIComponent(run.does ?? '')}` : 'example/build_service';
  return `/play/${name}?from=${run.id}`;
}
