import type { ReactNode } from 'react';
import styles from './state-mark.module.css';
import { type AnyState, STATES } from './states.ts';

const SHAPES: Readonly<Record<(typeof STATES)[AnyState]['shape'], ReactNode>> = {
  check: <path d="M4.5 8.2 7 10.7l4.5-5.2" />,
  spinner: <path d="M8 4.2a3.8 3.8 0 1 1-3.8 3.8" />,
  pause: <path d="M6.3 5.3v5.4M9.7 5.3v5.4" />,
  cross: <path d="m5.5 5.5 5 5m0-5-5 5" />,
  clock: <path d="M8 4.8V8l2.2 1.6" />,
  slash: <path d="m5.2 10.8 5.6-5.6" />,
  dash: <path d="M5 8h6" />,
  stop: <path d="M6 6h4v4H6z" />,
  ring: <circle cx="8" cy="8" r="1.2" />,
  repeat: <path d="M5 7a3.2 3.2 0 0 1 6-.6M11 9a3.2 3.2 0 0 1-6 .6M11 4.6v2H9M5 11.4v-2h2" />,
};

/** The shape of a state; with `word`, its word as well, otherwise for screen readers only. */
export function StateMark({ state, word = false }: { readonly state: AnyState; readonly word?: boolean }) {
  const look = STATES[state];
  return (
    <span className={styles.mark} data-tone={look.tone}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" data-shape={look.shape}>
        <circle cx="8" cy="8" r="7" className={styles.disc} />
        <g className={styles.shape}>{SHAPES[look.shape]}</g>
      </svg>
      <span className={word ? styles.word : 'visually-hidden'}>{look.word}</span>
    </span>
  );
}
