import { Trash2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Skeleton } from '../../ui/notice.tsx';
import styles from './editor.module.css';
import { removeStep } from './edits/edits.ts';
import type { StepEdit } from './edits/read-steps.ts';
import { renameStep } from './edits/rename-step.ts';
import type { WorkflowSchema } from './schema-at.ts';

const StepForm = lazy(() => import('./step-form.tsx').then((file) => ({ default: file.StepForm })));

interface Props {
  readonly text: string;
  readonly stepKey: string;
  readonly schema: WorkflowSchema;
  readonly onEdit: (edit: StepEdit, selects?: string) => void;
  readonly onShowLine: (line: number) => void;
}

/** The selected step: its ID, its values, and an end of it. */
export function StepPanel({ text, stepKey, schema, onEdit, onShowLine }: Props) {
  const [id, setId] = useState(stepKey);
  return (
    <section aria-label={`Step ${stepKey}`} className={styles.panel}>
      <h2>{stepKey}</h2>
      <form
        className={styles.rename}
        onSubmit={(event) => {
          event.preventDefault();
          if (id !== stepKey) onEdit(renameStep(text, stepKey, id), id);
        }}
      >
        <TextField label="ID" value={id} spellCheck={false} onChange={({ target }) => setId(target.value.trim())} />
        <Button type="submit" whyNot={id === stepKey ? 'It has this ID.' : undefined}>
          Rename
        </Button>
        <Button look="danger" onClick={() => onEdit(removeStep(text, stepKey))}>
          <Trash2 size={13} aria-hidden="true" /> Delete step
        </Button>
      </form>
      <Suspense fallback={<Skeleton rows={4} label="Loading the form" />}>
        <StepForm text={text} stepKey={stepKey} schema={schema} onEdit={onEdit} onShowLine={onShowLine} />
      </Suspense>
    </section>
  );
}
