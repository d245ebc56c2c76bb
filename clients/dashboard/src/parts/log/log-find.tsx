import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { useKeys } from '../../shell/keys.ts';
import { Button } from '../../ui/button.tsx';
import styles from './log.module.css';

/** What the server accepts. */
const MAX_CHARACTERS = 256;

interface Props {
  readonly find: string;
  /** What is known of the matches, in words. */
  readonly status: string;
  readonly isSearching: boolean;
  readonly onFind: (find: string) => void;
  readonly onStep: (by: 1 | -1) => void;
}

/** Finds a text in the log. Enter leads to the next match, shift+Enter to the previous one. */
export function LogFind({ find, status, isSearching, onFind, onStep }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => input.current?.focus() });
  const onKeyDown = ({ key, shiftKey }: KeyboardEvent) => {
    if (key === 'Enter' && find !== '') onStep(shiftKey ? -1 : 1);
    if (key === 'Escape') onFind('');
  };
  return (
    <div className={styles.find}>
      <input
        ref={input}
        type="search"
        aria-label="Find in the log"
        placeholder="Find"
        maxLength={MAX_CHARACTERS}
        value={find}
        onChange={({ target }) => onFind(target.value)}
        onKeyDown={onKeyDown}
      />
      {find !== '' && (
        <>
          <Button look="quiet" busy={isSearching} title="Previous match" onClick={() => onStep(-1)}>
            <ArrowUp size={14} aria-hidden="true" />
            <span className="visually-hidden">Previous match</span>
          </Button>
          <Button look="quiet" busy={isSearching} title="Next match" onClick={() => onStep(1)}>
            <ArrowDown size={14} aria-hidden="true" />
            <span className="visually-hidden">Next match</span>
          </Button>
        </>
      )}
      <span role="status">{status}</span>
    </div>
  );
}
