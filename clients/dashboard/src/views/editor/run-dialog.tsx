import { EditorConversionDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { StartForm } from '../workflows/start-form.tsx';
import { inputsOf, nameOf } from './inputs.ts';

/** Runs the text as it is, without saving it, with the inputs that it asks for. */
export function RunDialog({ text, onClose }: { readonly text: string; readonly onClose: () => void }) {
  const { data, error } = useRead(
    EditorConversionDocument,
    { yaml: text, form: 'NATIVE' as const },
    { keepFormer: false },
  );
  const native = data?.convertWorkflow;
  return (
    <Dialog title="Run the text as it is" onClose={onClose}>
      {error && <ErrorNotice error={error} />}
      {!native && !error && <Skeleton rows={3} label="Reading the inputs" />}
      {native?.text != null && (
        <StartForm name={nameOf(native.text) ?? ''} source={{ yaml: text }} schema={inputsOf(native.text)} />
      )}
      {native && native.text == null && <ErrorNotice error={native.problems[0]?.message ?? 'It cannot be read.'} />}
    </Dialog>
  );
}
