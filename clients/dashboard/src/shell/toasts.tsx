import { X } from 'lucide-react';
import { type ReactNode, useSyncExternalStore } from 'react';
import styles from './toasts.module.css';

interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'bad' | 'plain';
  readonly content: ReactNode;
}

const SHOWN_MS = 8_000;
const MAX_SHOWN = 4;

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

const remove = (id: number) => set(toasts.filter((toast) => toast.id !== id));

/** Says something that has happened, for a few seconds. What failed stays until it is closed. */
export function toast(content: ReactNode, tone: Toast['tone'] = 'plain'): void {
  lastId += 1;
  const id = lastId;
  set([...toasts, { id, tone, content }].slice(-MAX_SHOWN));
  if (tone !== 'bad') setTimeout(() => remove(id), SHOWN_MS);
}

/** The live region, which screen readers read out. It is always there, so that they notice what is added. */
export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {shown.map(({ id, tone, content }) => (
        <div key={id} className={styles.toast} data-tone={tone}>
          <div>{content}</div>
          <button type="button" aria-label="Dismiss" onClick={() => remove(id)}>
            <X size={14} aria-hidden="true" />
          </button>
        </div>
      ))}
    </div>
  );
}
