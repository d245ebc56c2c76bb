import { ErrorNotice } from '../../ui/notice.tsx';
import styles from './editor.module.css';
import type { Checked } from './use-validation.ts';

/** What is wrong with the text, as a list that leads to the lines. */
export function ProblemList({
  checked,
  onShow,
}: {
  readonly checked: Checked;
  readonly onShow: (line: number) => void;
}) {
  const { validation, error } = checked;
  if (error) return <ErrorNotice error={error} />;
  if (!validation || validation.problems.length === 0) return null;
  return (
    <section aria-label="Problems" className={styles.problems}>
      <h2>Problems</h2>
      <ul>
        {validation.problems.map(({ severity, message, line, column }) => (
          <li key={`${line}:${column} ${message}`} data-severity={severity}>
            <b>{severity === 'ERROR' ? 'Error' : 'Warning'}</b>
            {line == null ? (
              <span />
            ) : (
              <button type="button" onClick={() => onShow(line)}>
                line {line}
              </button>
            )}
            <span>{message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
