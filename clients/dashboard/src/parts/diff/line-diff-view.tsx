import { useState } from 'react';
import { Empty } from '../../ui/notice.tsx';
import { compareLines, type DiffLine, foldUnchanged } from './line-diff.ts';
import styles from './line-diff-view.module.css';

interface Props {
  readonly before: string;
  readonly after: string;
  /** What is compared, for screen readers. */
  readonly label: string;
}

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;
const WORDS = { same: '', added: 'added: ', removed: 'removed: ' } as const;

/** What changed from one text to another, line by line. What is alike is folded until somebody opens it. */
export function LineDiffView({ before, after, label }: Props) {
  const lines = compareLines(before, after);
  const count = (kind: DiffLine['kind']) => lines.filter((line) => line.kind === kind).length;
  if (lines.every(({ kind }) => kind === 'same')) {
    return (
      <Empty title="The texts are the same">
        <p>Every line of one is a line of the other.</p>
      </Empty>
    );
  }
  return (
    <figure aria-label={label} className={styles.diff}>
      <figcaption>
        {count('added')} added, {count('removed')} removed
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys must be able to scroll it */}
      <section className={styles.lines} tabIndex={0} aria-label="Lines">
        {foldUnchanged(lines).map((section) =>
          section.folded ? (
            <Fold key={section.lines[0]?.before} lines={section.lines} />
          ) : (
            <Lines key={`${section.lines[0]?.before}:${section.lines[0]?.after}`} lines={section.lines} />
          ),
        )}
      </section>
    </figure>
  );
}

function Fold({ lines }: { readonly lines: readonly DiffLine[] }) {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return <Lines lines={lines} />;
  return (
    <button type="button" className={styles.fold} onClick={() => setOpen(true)}>
      Show {lines.length} lines that are the same
    </button>
  );
}

function Lines({ lines }: { readonly lines: readonly DiffLine[] }) {
  return lines.map(({ kind, text, before, after }) => (
    <div key={`${before}:${after}`} className={styles.line} data-kind={kind}>
      <span className={styles.number}>{before}</span>
      <span className={styles.number}>{after}</span>
      <span aria-hidden="true">{SIGNS[kind]}</span>
      <code>
        {WORDS[kind] && <span className="visually-hidden">{WORDS[kind]}</span>}
        {text}
      </code>
    </div>
  ));
}
