import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Time } from '../../ui/time.tsx';
import { type Draft, discardDraft, readDrafts, type SavedText } from './drafts.ts';
import styles from './editor.module.css';

interface Props {
  readonly user: string;
  readonly saved: SavedText;
  readonly onRestore: (draft: Draft) => void;
}

/** What was written here and not saved: each draft can be restored or discarded, and is kept until then. */
export function DraftOffer({ user, saved, onRestore }: Props) {
  const of = { user, name: saved.name };
  const [drafts, setDrafts] = useState(() => readDrafts(of).filter(({ text }) => text !== saved.text));
  const [draft] = drafts;
  if (!draft) return null;
  const answer = (action?: () => void) => () => {
    action?.();
    discardDraft(of, draft.id);
    setDrafts(drafts.slice(1));
  };
  return (
    <div className={styles.offer} role="status">
      <p>
        There are changes that were not saved (<Time at={draft.at} />
        {draft.version !== saved.version && `, made to version ${draft.version}; the newest is ${saved.version}`})
        {drafts.length > 1 && `, and ${drafts.length - 1} older`}.
      </p>
      <Button onClick={answer(() => onRestore(draft))}>Restore</Button>
      <Button look="quiet" onClick={answer()}>
        Discard
      </Button>
    </div>
  );
}
