import { Play, Save } from 'lucide-react';
import { Suspense, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { loaded } from '../../ui/loaded.tsx';
import type { SavedText } from './drafts.ts';
import styles from './editor.module.css';
import { FormsDialog } from './forms-dialog.tsx';
import type { Checked } from './use-validation.ts';

const RunDialog = loaded(() => import('./run-dialog.tsx'), 'RunDialog');
const SaveDialog = loaded(() => import('./save-dialog.tsx'), 'SaveDialog');

interface Props {
  readonly text: string;
  /** The version that the text began from. */
  readonly base: number;
  readonly saved: SavedText;
  readonly checked: Checked;
  readonly asksToSave: boolean;
  readonly onAsk: (asks: boolean) => void;
  /** Puts another text into the editor; with a version, it is that version. */
  readonly onReplace: (text: string, version?: number) => void;
  readonly onSaved: (saved: SavedText) => void;
}

/** What is done with the text: saved, run, written in another form. And how it stands. */
export function EditorActions({ text, base, saved, checked, asksToSave, onAsk, onReplace, onSaved }: Props) {
  const [open, setOpen] = useState<'run' | 'forms'>();
  const isEdited = text !== saved.text;
  const whyNot = whyNotRun(checked);
  const close = () => setOpen(undefined);
  return (
    <>
      <span className={styles.status} role="status">
        {base > 0 && `Version ${base}${isEdited ? ', edited' : ''}`} <Badge checked={checked} />
      </span>
      <Button look="quiet" onClick={() => setOpen('forms')}>
        Other forms
      </Button>
      <Button whyNot={whyNot} onClick={() => setOpen('run')}>
        <Play size={13} aria-hidden="true" /> Run…
      </Button>
      <Button
        look="primary"
        may="mutation:saveWorkflow"
        whyNot={isEdited ? undefined : 'Nothing has changed.'}
        onClick={() => onAsk(true)}
      >
        <Save size={13} aria-hidden="true" /> Save
      </Button>
      <Suspense>
        {open === 'run' && <RunDialog text={text} onClose={close} />}
        {open === 'forms' && <FormsDialog text={text} onClose={close} onReplace={onReplace} />}
        {asksToSave && isEdited && (
          <SaveDialog
            text={text}
            base={base}
            saved={saved}
            onClose={() => onAsk(false)}
            onReplace={onReplace}
            onSaved={onSaved}
          />
        )}
      </Suspense>
    </>
  );
}

function whyNotRun({ validation }: Checked): string | undefined {
  if (!validation || validation.valid) return undefined;
  return 'Correct the errors that are listed under the text first.';
}

function Badge({ checked: { validation, isChecking } }: { readonly checked: Checked }) {
  if (!validation) return <b>Checking…</b>;
  const { length } = validation.problems;
  const text = length === 0 ? 'No problems' : `${length} ${length === 1 ? 'problem' : 'problems'}`;
  const tone = length === 0 ? 'good' : validation.valid ? 'wait' : 'bad';
  return (
    <b className={styles.badge} data-tone={tone} data-checking={isChecking || undefined}>
      {text}
    </b>
  );
}
