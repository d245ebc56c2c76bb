import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import type { RunLog } from '../../../../sdk/src/react/index.ts';
import { ROW_HEIGHT, type RowLayout } from './row-layout.ts';
import { indexOfSeq } from './search.ts';

/** Rows that are rendered above and below those that can be seen. */
const OVERSCAN_ROWS = 10;
/** Older lines are read when so few pixels are above. */
const LOAD_WITHIN_PIXELS = 400;

interface Options {
  readonly log: RunLog;
  readonly layout: RowLayout;
  /** The `seq` of the selected line. */
  readonly line: number | undefined;
  /** Its row; undefined while it is not loaded. */
  readonly selectedRow: number | undefined;
  readonly isFollowing: boolean;
  readonly onFollowing: (isFollowing: boolean) => void;
}

/**
 * Which rows can be seen, and where the log is scrolled to: at its end while it is followed, at the same lines when older ones are added above,
 * at a line that was selected elsewhere. It reads older lines when they are scrolled to.
 */
export function useLogScroll({ log, layout, line, selectedRow, isFollowing, onFollowing }: Options) {
  const box = useRef<HTMLDivElement>(null);
  const [rows, setRows] = useState({ first: 0, last: 0 });
  const shown = useRef<{ readonly firstSeq: number | undefined; readonly line: number | undefined }>({
    firstSeq: undefined,
    line: undefined,
  });

  function measure({ scrollTop, clientHeight }: HTMLDivElement) {
    const first = Math.max(0, layout.rowAt(scrollTop) - OVERSCAN_ROWS);
    const last = Math.min(layout.rowCount, layout.rowAt(scrollTop + clientHeight) + 1 + OVERSCAN_ROWS);
    setRows((former) => (former.first === first && former.last === last ? former : { first, last }));
  }

  function keepPlace(element: HTMLDivElement) {
    // It is hidden.
    if (element.clientHeight === 0) return;
    const former = shown.current;
    const firstSeq = log.lines.at(0)?.seq;
    const isPrepended = former.firstSeq !== undefined && firstSeq !== undefined && firstSeq < former.firstSeq;
    if (isPrepended) element.scrollTop += layout.topOf(layout.rowOf(indexOfSeq(log.lines, former.firstSeq ?? 0)));
    const isMoved = line !== former.line && (line === undefined || selectedRow !== undefined);
    if (isMoved && selectedRow !== undefined) {
      // Loading older lines may have scrolled to the end in the meantime.
      onFollowing(false);
      showRow(element, layout.topOf(selectedRow));
    } else if (isFollowing) element.scrollTop = element.scrollHeight;
    shown.current = { firstSeq, line: isMoved ? line : former.line };
    loadOlder(element);
    measure(element);
  }

  function loadOlder({ scrollTop }: HTMLDivElement) {
    const firstSeq = log.lines.at(0)?.seq;
    const isBefore = line !== undefined && firstSeq !== undefined && line < firstSeq;
    if (isBefore || scrollTop < LOAD_WITHIN_PIXELS) log.loadOlder();
  }

  useLayoutEffect(() => {
    if (box.current) keepPlace(box.current);
  });

  const onResize = useEffectEvent(() => {
    if (box.current) keepPlace(box.current);
  });
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(onResize);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  function onScroll() {
    const element = box.current;
    if (!element) return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < ROW_HEIGHT;
    if (isAtEnd !== isFollowing) onFollowing(isAtEnd);
    loadOlder(element);
    measure(element);
  }

  return { box, rows, onScroll };
}

/** Scrolls no more than is needed: a row that can be seen stays where it is. */
function showRow(element: HTMLDivElement, top: number): void {
  const { scrollTop, clientHeight } = element;
  if (top >= scrollTop && top + ROW_HEIGHT <= scrollTop + clientHeight) return;
  element.scrollTop = top - clientHeight / 2;
}
