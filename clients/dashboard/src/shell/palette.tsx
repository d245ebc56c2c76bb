import { type KeyboardEvent, useDeferredValue, useState } from 'react';
import { useLocation } from 'wouter';
import { PaletteDocument } from '../api/generated/graphql.ts';
import { useRead } from '../api/query.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Time } from '../ui/time.tsx';
import { DESTINATIONS } from './navigation.ts';
import styles from './palette.module.css';

interface Entry {
  readonly label: string;
  readonly kind: string;
  /** When a run was started, since runs of a workflow have one name. */
  readonly at?: string;
  readonly path: string;
}

/** Goes anywhere by name: views, workflows, runs by their ID or goal. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState('');
  const [selected, setSelected] = useState(0);
  const entries = useEntries(useDeferredValue(typed.trim()));
  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    navigate(entry.path);
  };
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setSelected((selected + step + entries.length) % Math.max(1, entries.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go(entries[selected]);
    }
  };
  return (
    <Dialog title="Find" onClose={onClose}>
      <input
        type="text"
        className={styles.field}
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-entries"
        aria-activedescendant={entries[selected] && `palette-${selected}`}
        aria-label="View, workflow or run"
        placeholder="View, workflow or run"
        autoComplete="off"
        autoFocus
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setSelected(0);
        }}
        onKeyDown={move}
      />
      <div id="palette-entries" role="listbox" aria-label="Results" className={styles.entries}>
        {entries.map((entry, index) => (
          <div
            key={entry.path}
            id={`palette-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === selected}
            onClick={() => go(entry)}
            onKeyDown={move}
          >
            <span>{entry.label}</span>
            <small>
              {entry.kind}
              {entry.at && (
                <>
                  , <Time at={entry.at} />
                </>
              )}
            </small>
          </div>
        ))}
        {entries.length === 0 && <p>Nothing has this name.</p>}
      </div>
    </Dialog>
  );
}

function useEntries(text: string): readonly Entry[] {
  const { data } = useRead(PaletteDocument, { text, hasText: text !== '' });
  const word = text.toLowerCase();
  const named = [
    ...DESTINATIONS.map(({ label, path }) => ({ label, path, kind: 'View' })),
    ...(data?.workflows.nodes ?? []).map(({ name }) => ({ label: name, path: `/workflows/${name}`, kind: 'Workflow' })),
  ].filter(({ label }) => label.toLowerCase().includes(word));
  const runs = (data?.runs?.nodes ?? []).map(({ id, workflow, goal, createdAt }) => ({
    label: [workflow, goal].filter(Boolean).join(' · ') || id,
    path: `/runs/${id}`,
    kind: 'Run',
    at: createdAt,
  }));
  return [...named, ...runs].slice(0, 12);
}
