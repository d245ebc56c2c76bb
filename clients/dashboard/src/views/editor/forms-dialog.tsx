import { useState } from 'react';
import { EditorConversionDocument, type WorkflowForm } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import styles from './editor.module.css';

interface Props {
  readonly text: string;
  readonly onClose: () => void;
  readonly onReplace: (text: string) => void;
}

const FORMS: readonly { readonly value: WorkflowForm; readonly label: string }[] = [
  { value: 'DAG_JSON', label: 'DAG-JSON' },
  { value: 'NATIVE', label: 'YAML' },
];

/** The text in another form: to be copied, or to continue with it. */
export function FormsDialog({ text, onClose, onReplace }: Props) {
  const [form, setForm] = useState<WorkflowForm>('DAG_JSON');
  const { data, error } = useRead(EditorConversionDocument, { yaml: text, form }, { keepFormer: false });
  const converted = data?.convertWorkflow;
  const result = converted?.text ?? undefined;
  return (
    <Dialog
      title="The workflow in another form"
      onClose={onClose}
      actions={
        <Button
          whyNot={result === undefined ? 'There is no text in this form.' : undefined}
          onClick={() => {
            onReplace(result ?? text);
            onClose();
          }}
        >
          Replace the text
        </Button>
      }
    >
      <p>To bring a workflow in, paste its text of any form into the editor, and choose YAML here.</p>
      <Tabs label="Form" tabs={FORMS} value={form} onChange={setForm}>
        {error && <ErrorNotice error={error} />}
        {!converted && !error && <Skeleton rows={6} label="Converting" />}
        {converted && converted.problems.length > 0 && (
          <ul className={styles.converted}>
            {converted.problems.map(({ message, line }) => (
              <li key={`${line} ${message}`}>
                {line != null && `Line ${line}: `}
                {message}
              </li>
            ))}
          </ul>
        )}
        {result !== undefined && (
          <>
            <Copy text={result} label="Copy the text" />
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys must be able to scroll it */}
            <pre className={styles.other} tabIndex={0}>
              {result}
            </pre>
          </>
        )}
      </Tabs>
    </Dialog>
  );
}
