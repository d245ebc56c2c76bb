import type { CSSProperties, ReactNode } from 'react';
import styles from './table.module.css';

interface Props {
  /** What the rows are. */
  readonly label: string;
  /** What its columns are called. One without a visible name, such as that of buttons, begins with `-`. */
  readonly columns: readonly string[];
  /** The rows. */
  readonly children: ReactNode;
}

/** With more columns than these, a row has two lines where they would not fit in one. */
const MAX_IN_ONE_LINE = 5;

/** A table of things of the server, a row each. On a phone each row is a card. */
export function Table({ label, columns, children }: Props) {
  return (
    <section
      className={styles.frame}
      aria-label={label}
      data-many={columns.length > MAX_IN_ONE_LINE || undefined}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must be able to scroll it
      tabIndex={0}
      style={namesOf(columns)}
    >
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column.startsWith('-') ? <span className="visually-hidden">{column.slice(1)}</span> : column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** The names of the columns, for the cells of cards. */
function namesOf(columns: readonly string[]): CSSProperties {
  const names = columns.map((column, index) => [
    `--column-${index + 1}`,
    JSON.stringify(column.startsWith('-') ? '' : column),
  ]);
  return Object.fromEntries(names);
}
