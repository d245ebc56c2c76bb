import { Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import {
  DeleteRunViewDocument,
  RunViewsDocument,
  type SavedViewPartsFragment,
  SaveRunViewDocument,
} from '../../api/generated/graphql.ts';
import { useRead, useSend } from '../../api/query.ts';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField, TextField } from '../../ui/field.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { isEmptyQuery, type RunQuery } from './run-filter.ts';
import styles from './runs.module.css';

/** Views of the list under a name: yours, and those of everybody here. */
export function SavedViews({ query }: { readonly query: RunQuery }) {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Saved views
      </Button>
      {isOpen && (
        <Dialog title="Saved views" onClose={close}>
          <ViewList onOpen={close} />
          {isEmptyQuery(query) ? <p>Filter the list to save it as a view.</p> : <SaveForm onSaved={close} />}
        </Dialog>
      )}
    </>
  );
}

function ViewList({ onOpen }: { readonly onOpen: () => void }) {
  const { data, error, refetch } = useRead(RunViewsDocument, {});
  const remove = useSend(DeleteRunViewDocument, (result) => unwrap(result.deleteView), ['RunViews']);
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={3} />;
  // Other views may save theirs in the same list.
  const views = data.savedViews.filter(({ state }) => state.startsWith('/runs?'));
  if (views.length === 0) return <p>No view has been saved.</p>;
  return (
    <>
      {remove.error && <ErrorNotice error={remove.error} />}
      <ul className={styles.views}>
        {views.map((view) => (
          <li key={view.id}>
            <Link href={view.state} onClick={onOpen}>
              {view.name}
            </Link>
            {view.shared && <small>by {view.savedBy.username}, for everyone</small>}
            <Button
              look="quiet"
              may={view.shared ? 'mutation:shareView' : undefined}
              busy={remove.isPending}
              aria-label={`Delete ${view.name}`}
              onClick={() => remove.mutate({ id: view.id })}
            >
              <Trash2 size={14} aria-hidden="true" />
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function SaveForm({ onSaved }: { readonly onSaved: () => void }) {
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const { mutate, error, isPending } = useSend(
    SaveRunViewDocument,
    (result) => unwrap(result.saveView) as SavedViewPartsFragment,
    ['RunViews'],
  );
  const save = (event: FormEvent) => {
    event.preventDefault();
    const state = `/runs${window.location.search}`;
    mutate(
      { input: { name: name.trim(), state, shared } },
      {
        onSuccess: () => {
          toast(`Saved as ${name.trim()}`, 'good');
          onSaved();
        },
      },
    );
  };
  return (
    <form onSubmit={save} className={styles.save}>
      <TextField
        label="Save this filter as"
        hint="A view of the same name is replaced."
        required
        maxLength={100}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <CheckField label="For everybody here" checked={shared} onChange={({ target }) => setShared(target.checked)} />
      {error && <ErrorNotice error={error} />}
      <Button type="submit" look="primary" may={shared ? 'mutation:shareView' : undefined} busy={isPending}>
        Save
      </Button>
    </form>
  );
}
