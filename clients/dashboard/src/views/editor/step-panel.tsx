import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import styles from './editor.module.css';
import { removeStep } from './edits/edits.ts';
import type { EditText } from './edits/read-steps.ts';
import { renameStep } from './edits/rename-step.ts';
import type { WorkflowSchema } from './schema-at.ts';
import { StepForm } from './step-form.tsx';

interface Props {
  readonly text: string;
  readonly stepKey: string;
  readonly schema: WorkflowSchema;
  readonly onEdit: EditText;
  readonly onShowLine: (line: number) => void;
}

/** The selected step: its ID, its values, and an end of it. */
export function StepPanel({ text, stepKey, schema, onEdit, onShowLine }: Props) {
  return (
    <section aria-label={`Step ${stepKey}`} className={styles.panel}>
      <h2>{stepKey}</h2>
      <RenameForm key={stepKey} stepKey={stepKey} onEdit={onEdit} />
      <StepForm text={text} stepKey={stepKey} schema={schema} onEdit={onEdit} onShowLine={onShowLine} />
    </section>
  );
}

function RenameForm({ stepKey, onEdit }: Pick<Props, 'stepKey' | 'onEdit'>) {
  const [id, setId] = useState(stepKey);
  return (
    <form
      className={styles.rename}
      onSubmit={(event) => {
        event.preventDefault();
        if (id !== stepKey) onEdit((now) => renameStep(now, stepKey, id), id);
      }}
    >
      <TextField label="ID" value={id} spellCheck={false} onChange={({ target }) => setId(target.value.trim())} />
      <Button type="submit" whyNot={id === stepKey ? 'It has this ID.' : undefined}>
        Rename
      </Button>
      <Button look="danger" onClick={() => onEdit((now) => removeStep(now, stepKey))}>
        <Trash2 size={13} aria-hidden="true" /> Delete step
      </Button>
    </form>
  );
}
