import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import { isElsewhere, type LogWindow } from './log-window.ts';
import { ROW_HEIGHT, type RowLayout } from './row-layout.ts';
import { indexOfSeq } from './seq-index.ts';

/** Rows that are rendered above and below those that can be seen. */
const OVERSCAN_ROWS = 10;
/** Lines are read on a side where so few pixels are left. */
const LOAD_WITHIN_PIXELS = 400;

interface Options {
  readonly log: LogWindow;
  readonly layout: RowLayout;
  /** The `seq` of the selected line. */
  readonly line: number | undefined;
  /** Its row; undefined while it is not loaded. */
  readonly selectedRow: number | undefined;
  readonly isFollowing: boolean;
  readonly onFollowing: (isFollowing: boolean) => void;
}

/** The first row that can be seen, and where it was. */
interface Anchor {
  readonly seq: number;
  readonly part: number;
  readonly top: number;
  readonly scrollTop: number;
}

/**
 * Which rows can be seen, and where the log is scrolled to: at its end while it is followed, at the same lines when others are added or dropped
 * above, at a line that was selected elsewhere. It reads lines when they are scrolled to.
 */
export function useLogScroll({ log, layout, line, selectedRow, isFollowing, onFollowing }: Options) {
  const { lines } = log;
  const box = useRef<HTMLDivElement>(null);
  const [rows, setRows] = useState({ first: 0, last: 0 });
  const anchor = useRef<Anchor>(undefined);
  const shownLine = useRef<number>(undefined);

  function measure(element: HTMLDivElement) {
    const { scrollTop, clientHeight } = element;
    const firstSeen = layout.rowAt(scrollTop);
    const first = Math.max(0, firstSeen - OVERSCAN_ROWS);
    const last = Math.min(layout.rowCount, layout.rowAt(scrollTop + clientHeight) + 1 + OVERSCAN_ROWS);
    setRows((former) => (former.first === first && former.last === last ? former : { first, last }));
    const { index, part } = layout.lineAt(firstSeen);
    const seq = lines.at(index)?.seq;
    anchor.current = seq === undefined ? undefined : { seq, part, top: layout.topOf(firstSeen), scrollTop };
    if (seq !== undefined) log.lookAt(isFollowing ? Number.POSITIVE_INFINITY : seq);
    loadNear(element);
  }

  function loadNear({ scrollTop, scrollHeight, clientHeight }: HTMLDivElement) {
    if (scrollTop < LOAD_WITHIN_PIXELS) log.loadOlder();
    if (scrollHeight - scrollTop - clientHeight < LOAD_WITHIN_PIXELS) log.loadNewer();
  }

  function keepPlace(element: HTMLDivElement) {
    // It is hidden.
    if (element.clientHeight === 0) return;
    holdAnchor(element);
    const isNew = line !== shownLine.current;
    if (isNew && line !== undefined && isElsewhere(log, line)) log.showLine(line);
    else {
      if (isNew && line !== undefined) {
        onFollowing(false);
        showRow(element, layout.topOf(selectedRow ?? layout.rowOf(indexOfSeq(lines, line))));
      } else if (isFollowing && !log.hasNewer) element.scrollTop = element.scrollHeight;
      shownLine.current = line;
    }
    measure(element);
  }

  /** Keeps the first row that can be seen where it is. */
  function holdAnchor(element: HTMLDivElement) {
    const held = anchor.current;
    if (!held) return;
    const index = indexOfSeq(lines, held.seq);
    if (lines.at(index)?.seq !== held.seq) return;
    const top = layout.topOf(layout.rowOf(index) + held.part);
    if (top !== held.top) element.scrollTop = held.scrollTop + top - held.top;
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
    const isAtBottom = element.scrollHeight - element.scrollTop - element.clientHeight < ROW_HEIGHT;
    const isAtEnd = isAtBottom && !log.hasNewer;
    if (isAtEnd !== isFollowing) onFollowing(isAtEnd);
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
