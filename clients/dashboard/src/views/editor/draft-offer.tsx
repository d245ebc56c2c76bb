import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Time } from '../../ui/time.tsx';
import { type Draft, discardDraft, readDraft, type SavedText } from './drafts.ts';
import styles from './editor.module.css';

interface Props {
  readonly user: string;
  readonly saved: SavedText;
  readonly onRestore: (draft: Draft) => void;
}

/** What was written here and not saved, if there is something: it can be restored or discarded. */
export function DraftOffer({ user, saved, onRestore }: Props) {
  const [draft, setDraft] = useState(() => readDraft(user, saved.name));
  if (!draft || draft.text === saved.text) return null;
  const answer = (action: () => void) => () => {
    action();
    setDraft(undefined);
  };
  return (
    <div className={styles.offer} role="status">
      <p>
        There are changes of <Time at={draft.at} /> that were not saved
        {draft.version !== saved.version && `, made to version ${draft.version}; the newest is ${saved.version}`}.
      </p>
      <Button onClick={answer(() => onRestore(draft))}>Restore</Button>
      <Button look="quiet" onClick={answer(() => discardDraft(user, saved.name))}>
        Discard
      </Button>
    </div>
  );
}
