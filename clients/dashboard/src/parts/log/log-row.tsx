import { memo } from 'react';
import { useSettings } from '../../api/settings.ts';
import { clockText } from '../../ui/time-text.ts';
import { physicalLines, segmentsOf } from './line-text.ts';
import styles from './log.module.css';
import type { LogRow } from './log-window.ts';

/** Characters of a row that is not wrapped; more cannot be seen. */
const MAX_ROW_CHARACTERS = 600;
const MAX_SELECTED_CHARACTERS = 100_000;

interface Props {
  readonly id: string;
  readonly line: LogRow;
  /** Which of its physical lines. */
  readonly part: number;
  /** The selected line is wrapped; other lines of a range are marked only. */
  readonly selection: 'line' | 'range' | undefined;
  readonly isOpen: boolean;
  readonly find: string;
  readonly showsStep: boolean;
  /** Among the lines that are loaded, from 1. */
  readonly position: number;
}

/** One physical line. It has no listeners: there may be 400 new ones a second. */
export const LogLineRow = memo(function LogLineRow(props: Props) {
  const { id, line, part, selection, isOpen, find, showsStep, position } = props;
  const { zone } = useSettings();
  const parts = physicalLines(line.text);
  const text = (parts[part] ?? '').slice(0, selection === 'line' ? MAX_SELECTED_CHARACTERS : MAX_ROW_CHARACTERS);
  const isFirst = part === 0;
  return (
    <div
      role="option"
      tabIndex={-1}
      id={id}
      aria-selected={selection !== undefined}
      aria-posinset={position}
      aria-setsize={-1}
      data-seq={line.seq}
      data-selection={selection}
      data-level={line.level}
      className={styles.row}
    >
      <span data-act={isFirst ? 'select' : undefined} className={styles.number}>
        {isFirst && line.seq}
      </span>
      <time dateTime={line.at}>{isFirst && clockText(line.at, zone, true)}</time>
      {showsStep && (
        <span
          data-act={isFirst ? 'step' : undefined}
          data-step={line.step}
          className={styles.step}
          title={line.step ?? ''}
        >
          {isFirst && line.step}
        </span>
      )}
      <span className={styles.level} title={line.level.toLowerCase()}>
        {isFirst && line.level[0]}
      </span>
      <span className={styles.text}>
        {segmentsOf(text, find).map(({ text: content, color, isBold, isMatch }, index) => {
          const Tag = isMatch ? 'mark' : 'span';
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: segments have no identity, and a line never changes
            <Tag key={index} data-color={color} data-bold={isBold || undefined}>
              {content}
            </Tag>
          );
        })}
      </span>
      {isFirst && parts.length > 1 && (
        <span data-act="fold" className={styles.fold}>
          {isOpen ? 'fold' : `${parts.length - 1} more`}
        </span>
      )}
    </div>
  );
});
