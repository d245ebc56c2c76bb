import {
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { physicalLines, plainText } from './line-text.ts';
import styles from './log.module.css';
import { LogLineRow } from './log-row.tsx';
import type { LogRow, LogWindow } from './log-window.ts';
import { layoutRows, ROW_HEIGHT } from './row-layout.ts';
import { indexOfSeq } from './seq-index.ts';
import { useLogScroll } from './use-log-scroll.ts';

interface Props {
  readonly label: string;
  readonly log: LogWindow;
  /** The `seq` of the selected line. */
  readonly line: number | undefined;
  readonly find: string;
  /** Shows the step of each line, and leads to it. */
  readonly onStep?: ((step: string, line: number) => void) | undefined;
  readonly isFollowing: boolean;
  readonly onLine: (line: number) => void;
  readonly onFollowing: (isFollowing: boolean) => void;
  readonly onCopied: (lines: number) => void;
}

/** The lines that can be seen. The arrow keys select a line, Enter unfolds it, ctrl+C copies it. */
export function LogRows(props: Props) {
  const { label, log, line, find, isFollowing, onLine, onStep, onFollowing, onCopied } = props;
  const { lines } = log;
  const id = useId();
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  /** The other end of a range that begins at the selected line. */
  const [rangeEnd, setRangeEnd] = useState<number>();
  const [tall, setTall] = useState({ line, morePixels: 0 });

  const index = line === undefined ? lines.length : indexOfSeq(lines, line);
  const isLoaded = line !== undefined && lines.at(index)?.seq === line;
  const openLines = [...open]
    .sort((a, b) => a - b)
    .map((seq) => indexOfSeq(lines, seq))
    .map((at) => ({ index: at, extra: physicalLines(lines.at(at)?.text ?? '').length - 1 }));
  const selectedRow = isLoaded ? layoutRows(lines.length, openLines).rowOf(index) : undefined;
  const morePixels = tall.line === line ? tall.morePixels : 0;
  const layout = layoutRows(
    lines.length,
    openLines,
    selectedRow === undefined ? undefined : { row: selectedRow, morePixels },
  );
  const { box, rows, onScroll } = useLogScroll({ log, layout, line, selectedRow, isFollowing, onFollowing });

  const content = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const selected = content.current?.querySelector<HTMLElement>('[data-selection="line"]');
    const pixels = (selected?.offsetHeight ?? ROW_HEIGHT) - ROW_HEIGHT;
    if (selected && (tall.line !== line || tall.morePixels !== pixels)) setTall({ line, morePixels: pixels });
  });

  const select = (seq: number | undefined) => {
    setRangeEnd(undefined);
    if (seq !== undefined) onLine(seq);
  };
  const toggle = (seq: number | undefined) => {
    if (seq !== undefined) setOpen(open.has(seq) ? open.difference(new Set([seq])) : new Set([...open, seq]));
  };
  const onClick = (event: MouseEvent<HTMLDivElement>) => {
    const target = event.target as Element;
    const act = target.closest<HTMLElement>('[data-act]')?.dataset.act;
    const seq = Number(target.closest<HTMLElement>('[data-seq]')?.dataset.seq);
    if (act === 'fold') toggle(seq);
    const step = lines[indexOfSeq(lines, seq)]?.step;
    if (act === 'step' && step != null) onStep?.(step, seq);
    if (act !== 'select') return;
    if (!event.shiftKey || !isLoaded) return select(seq);
    setRangeEnd(seq);
    const range = linesBetween(lines, line, seq);
    void navigator.clipboard.writeText(range.join('\n')).then(() => onCopied(range.length));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && event.shiftKey && isLoaded) {
      const end = lines.at(Math.max(0, indexOfSeq(lines, rangeEnd ?? line) + by))?.seq;
      if (end !== undefined) setRangeEnd(end);
    } else if (by !== undefined) select(lines.at(Math.max(0, isLoaded ? index + by : lines.length - 1))?.seq);
    else if (event.key === 'Enter') toggle(isLoaded ? line : undefined);
    else return;
    event.preventDefault();
  };
  const onCopy = (event: ClipboardEvent<HTMLDivElement>) => {
    if (!isLoaded || document.getSelection()?.isCollapsed === false) return;
    const range = linesBetween(lines, line, rangeEnd ?? line);
    event.clipboardData.setData('text/plain', range.join('\n'));
    event.preventDefault();
    onCopied(range.length);
  };

  const selectionOf = (seq: number) => {
    if (!isLoaded || seq === line) return isLoaded ? 'line' : undefined;
    const isInRange = rangeEnd !== undefined && seq >= Math.min(line, rangeEnd) && seq <= Math.max(line, rangeEnd);
    return isInRange ? 'range' : undefined;
  };
  return (
    <div
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-multiselectable="true"
      aria-activedescendant={isLoaded ? `${id}-${line}-0` : undefined}
      className={styles.rows}
      data-steps={onStep !== undefined || undefined}
      onScroll={onScroll}
      onClick={onClick}
      onKeyDown={onKeyDown}
      onCopy={onCopy}
    >
      <div style={{ height: layout.height }} role="presentation">
        <div ref={content} role="presentation" className={styles.window} style={{ top: layout.topOf(rows.first) }}>
          {Array.from({ length: Math.max(0, Math.min(rows.last, layout.rowCount) - rows.first) }, (_, offset) => {
            const row = layout.lineAt(rows.first + offset);
            const shown = lines.at(row.index);
            if (!shown) return null;
            return (
              <LogLineRow
                key={`${shown.seq}-${row.part}`}
                id={`${id}-${shown.seq}-${row.part}`}
                line={shown}
                part={row.part}
                selection={row.part === 0 ? selectionOf(shown.seq) : undefined}
                isOpen={open.has(shown.seq)}
                find={find}
                showsStep={onStep !== undefined}
                position={row.index + 1}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** The texts of the lines between two, with both. */
function linesBetween(lines: readonly LogRow[], one: number, other: number): readonly string[] {
  const [first, last] = one < other ? [one, other] : [other, one];
  return lines.slice(indexOfSeq(lines, first), indexOfSeq(lines, last + 1)).map(({ text }) => plainText(text));
}
