import type { ReactNode } from 'react';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { Button } from './button.tsx';
import styles from './notice.module.css';

/** Where there is nothing to show: what that means, and what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className={styles.notice}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** An error: what happened, and what to do. It says what the server said; what was shown before stays next to it. */
export function ErrorNotice({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div className={styles.error} role="alert">
      <p>
        {error instanceof SignalboxError && <code>{error.code}</code>} {message}
      </p>
      {retry && <Button onClick={() => retry()}>Try again</Button>}
    </div>
  );
}

/** Lines where something will stand, as high as it will be. */
export function Skeleton({ rows = 1, label = 'Loading' }: { readonly rows?: number; readonly label?: string }) {
  return (
    <div role="status" className={styles.skeleton}>
      <span className="visually-hidden">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <div key={row} aria-hidden="true" />
      ))}
    </div>
  );
}
