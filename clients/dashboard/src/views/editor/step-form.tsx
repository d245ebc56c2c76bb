import { EditorOptionsDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { type FieldKind, type FormSchema, labelOf } from '../../parts/schema-form/schema.ts';
import { type FormValue, SchemaForm } from '../../parts/schema-form/schema-form.tsx';
import { Skeleton } from '../../ui/notice.tsx';
import styles from './editor.module.css';
import { changeStep } from './edits/edits.ts';
import { type EditText, readStep } from './edits/read-steps.ts';
import { unusualAt } from './edits/unusual.ts';
import type { WorkflowSchema } from './schema-at.ts';
import { stepSchema } from './step-schema.ts';

interface Props {
  readonly text: string;
  readonly stepKey: string;
  readonly schema: WorkflowSchema;
  readonly onEdit: EditText;
  readonly onShowLine: (line: number) => void;
}

/** A form for a step, which changes the values of its text. What a field cannot keep as it is written is changed in the text. */
export function StepForm({ text, stepKey, schema, onEdit, onShowLine }: Props) {
  const { data } = useRead(EditorOptionsDocument, {}, { freshMs: 600_000 });
  const read = readStep(text, stepKey);
  if (!read) return <p>This step cannot be read. Correct its text first.</p>;
  if (!data) return <Skeleton rows={4} label="Loading the form" />;
  const kind = String(read.value.kind);
  const called = read.value[kind];
  const { commands, queries, tools } = data.catalog;
  const known = { command: commands, query: queries, tool: tools }[kind];
  const item = known?.find(({ name }) => name === called);
  const form = stepSchema(
    schema,
    kind,
    item?.options as FormSchema | undefined,
    item || called === '' ? known : undefined,
  );
  const change = (next: FormValue) => {
    // A required key stays where it is written while it is empty.
    const emptied = (form.required ?? []).filter((name) => read.value[name] !== undefined && next[name] === undefined);
    const values = { ...next, ...Object.fromEntries(emptied.map((name) => [name, ''])) };
    onEdit((now) => changeStep(now, stepKey, values));
  };
  const instead = (path: readonly string[], fieldKind: FieldKind, field: FormSchema) => {
    const unusual = unusualAt(text, read, path, fieldKind);
    return (
      unusual && (
        <p className={styles.instead}>
          <b>{labelOf(path.at(-1) ?? '', field)}</b> {unusual.why}. Change it in the text:{' '}
          <button type="button" onClick={() => onShowLine(unusual.line)}>
            line {unusual.line}
          </button>
        </p>
      )
    );
  };
  return <SchemaForm key={kind} schema={form} value={read.value} onChange={change} instead={instead} />;
}
