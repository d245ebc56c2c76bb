import { LogPageDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { Button } from '../../ui/button.tsx';
import { countText } from '../../ui/time-text.ts';
import styles from './log.module.css';
import type { LogOptions } from './log-window.ts';

interface Props {
  /** At every level. */
  readonly log: LogOptions;
  /** Its `seq`. */
  readonly line: number;
  readonly onShowAll: () => void;
}

/** Why the line of a link is not among those that are shown. */
export function MissingLine({ log, line, onShowAll }: Props) {
  const { data } = useRead(LogPageDocument, { ...log, fromSeq: line, first: 1 }, { keepFormer: false });
  const logs = data?.run?.logs;
  if (!logs) return null;
  const next = logs.events.at(0);
  const number = countText(line);
  if (!next || !('seq' in next) || next.seq !== line)
    return <p className={styles.hidden}>This log has no line {number}.</p>;
  return (
    <p className={styles.hidden}>
      The level hides line {number}. <Button onClick={onShowAll}>Show all levels</Button>
    </p>
  );
}
