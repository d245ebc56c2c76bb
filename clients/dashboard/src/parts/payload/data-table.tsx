import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import type { Rows } from './forms.ts';
import styles from './payload.module.css';

const ROWS_AT_ONCE = 100;

/** A table of texts, a hundred rows at a time. */
export function DataTable({ columns, rows }: Rows) {
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys must be able to scroll it */}
      <section className={styles.scroll} aria-label="Table" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              {columns.map((column, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name
                <th key={index}>{column}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row, line) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity, and never move
              <tr key={line}>
                {row.map((cell, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: cells are known by their column
                  <td key={index}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > shown && (
        <Button onClick={() => setShown(shown + ROWS_AT_ONCE)}>
          Show {Math.min(ROWS_AT_ONCE, rows.length - shown)} more of {rows.length}
        </Button>
      )}
    </>
  );
}
