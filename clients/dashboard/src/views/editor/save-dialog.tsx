import { useState } from 'react';
import { SignalboxError, unwrap } from '../../../../sdk/src/index.ts';
import { EditorWorkflowDocument, SaveEditedWorkflowDocument } from '../../api/generated/graphql.ts';
import { useRead, useSend } from '../../api/query.ts';
import { LineDiffView } from '../../parts/diff/line-diff-view.tsx';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import type { SavedText } from './drafts.ts';
import { nameOf } from './inputs.ts';

interface Props {
  readonly text: string;
  readonly base: number;
  readonly saved: SavedText;
  readonly onClose: () => void;
  readonly onReplace: (text: string, version?: number) => void;
  readonly onSaved: (saved: SavedText) => void;
}

const REFRESHED = ['WorkflowList', 'WorkflowPage', 'WorkflowVersions', 'WorkflowProblems', 'WorkflowForm', 'Palette'];

/** Shows what will be saved; and when another has saved meanwhile, what differs, and lets one choose. */
export function SaveDialog({ text, base, saved, onClose, onReplace, onSaved }: Props) {
  const name = nameOf(text);
  const { mutate, error, isPending } = useSend(
    SaveEditedWorkflowDocument,
    (result) => unwrap(result.saveWorkflow),
    REFRESHED,
  );
  const [inConflict, setInConflict] = useState(false);
  // Under another name it is another workflow, which must not exist yet.
  const expected = name === saved.name ? base : 0;
  const save = (ifVersion: number) =>
    mutate(
      { input: { source: { yaml: text }, ifVersion } },
      {
        onSuccess: ({ name: savedName, version, yaml }) => {
          toast(`Saved ${savedName} as version ${version}.`, 'good');
          onSaved({ name: savedName, version, text: yaml });
          onClose();
        },
        onError: (cause) => setInConflict(cause instanceof SignalboxError && cause.code === 'CONFLICT'),
      },
    );
  if (inConflict && name !== undefined) {
    return (
      <Conflict
        name={name}
        isOther={name !== saved.name}
        text={text}
        busy={isPending}
        onClose={onClose}
        onReplace={onReplace}
        onSave={save}
      />
    );
  }
  const isNew = expected === 0;
  return (
    <Dialog
      title={isNew ? `Save ${name ?? 'the workflow'}?` : `Save version ${base + 1} of ${saved.name}?`}
      onClose={onClose}
      actions={
        <Button look="primary" busy={isPending} onClick={() => save(expected)}>
          Save
        </Button>
      }
    >
      {isNew ? (
        <p>
          {saved.name === '' ? 'This is a new workflow.' : `Its name is no longer ${saved.name}: it becomes a new one.`}
        </p>
      ) : (
        <LineDiffView before={saved.text} after={text} label={`What changes in ${saved.name}`} />
      )}
      {error && <ErrorNotice error={error} />}
    </Dialog>
  );
}

interface ConflictProps {
  readonly name: string;
  /** The text became a workflow of this name only now. */
  readonly isOther: boolean;
  readonly text: string;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onReplace: (text: string, version: number) => void;
  readonly onSave: (ifVersion: number) => void;
}

function Conflict({ name, isOther, text, busy, onClose, onReplace, onSave }: ConflictProps) {
  const { data, error, isFetching } = useRead(EditorWorkflowDocument, { name }, { freshMs: 0, keepFormer: false });
  const theirs = isFetching ? undefined : data?.workflow;
  return (
    <Dialog
      title={isOther ? `${name} exists already` : `${name} was saved by another meanwhile`}
      onClose={onClose}
      actions={
        theirs && (
          <>
            <Button
              whyNot={isOther ? 'Open that workflow to edit its text.' : undefined}
              onClick={() => {
                onReplace(theirs.yaml, theirs.version);
                onClose();
              }}
            >
              Take version {theirs.version}
            </Button>
            <Button look="primary" busy={busy} onClick={() => onSave(theirs.version)}>
              Save mine as version {theirs.version + 1}
            </Button>
          </>
        )
      }
    >
      {error && <ErrorNotice error={error} />}
      {!theirs && !error && <Skeleton rows={6} label="Loading what was saved" />}
      {theirs && (
        <>
          <p>
            What yours changes in version {theirs.version}. All versions are kept, and a text that is replaced comes
            back with undo.
          </p>
          <LineDiffView before={theirs.yaml} after={text} label={`From version ${theirs.version} to your text`} />
        </>
      )}
    </Dialog>
  );
}
