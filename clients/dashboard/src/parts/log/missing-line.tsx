import { LogPageDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { Button } from '../../ui/button.tsx';
import styles from './log.module.css';

interface Props {
  readonly runId: string;
  readonly step: string;
  /** Its `seq`. */
  readonly line: number;
  readonly onShowAll: () => void;
}

/** Why the line of a link is not among those that are shown. */
export function MissingLine({ runId, step, line, onShowAll }: Props) {
  const { data } = useRead(LogPageDocument, { runId, step, fromSeq: line, first: 1 }, { keepFormer: false });
  const logs = data?.run?.step?.logs;
  if (!logs) return null;
  const next = logs.events.at(0);
  const number = line.toLocaleString('en');
  if (!next || !('seq' in next) || next.seq !== line)
    return <p className={styles.hidden}>This log has no line {number}.</p>;
  return (
    <p className={styles.hidden}>
      The level hides line {number}. <Button onClick={onShowAll}>Show all levels</Button>
    </p>
  );
}
