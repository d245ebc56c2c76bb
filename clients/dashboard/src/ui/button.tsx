import { type ButtonHTMLAttributes, useId } from 'react';
import { type Action, useMay } from '../api/may.ts';
import styles from './button.module.css';

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled' | 'className' | 'style'> {
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  /** What the server is asked to do. A button for what the policy denies is disabled and says which rule does. */
  readonly may?: Action | undefined;
  /** URI of what it is done to, for rules that name some. */
  readonly on?: string | undefined;
  /** Why it cannot be used now, in a sentence. */
  readonly whyNot?: string | undefined;
  /** It has been pressed, and its work is not done. */
  readonly busy?: boolean;
}

export function Button({ look = 'plain', may, on, whyNot, busy = false, onClick, children, ...rest }: Props) {
  const { allowed, why } = useMay(may, on);
  const reason = allowed ? whyNot : why;
  const id = useId();
  // aria-disabled instead of disabled: the button keeps the focus, and its reason can be read.
  const off = reason !== undefined || busy;
  return (
    <button
      type="button"
      {...rest}
      className={styles.button}
      data-look={look}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      aria-describedby={reason === undefined ? undefined : id}
      title={reason ?? rest.title}
      onClick={(event) => (off ? event.preventDefault() : onClick?.(event))}
    >
      {children}
      {reason !== undefined && (
        <span id={id} className="visually-hidden">
          {reason}
        </span>
      )}
    </button>
  );
}
