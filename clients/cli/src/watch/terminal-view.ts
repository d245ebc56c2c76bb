import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { RunModel } from '../../../sdk/src/live/index.ts';
import { stringWidth } from '../output/string-width.ts';
import { cut } from '../output/table.ts';
import type { RecentLogs } from './logs.ts';
import type { RunView } from './run-view.ts';
import { type LineTone, type TreeLine, treeLines } from './tree.ts';

const FRAME_MS = 100;
/** Its clocks advance at least so often. */
const TICK_MS = 1_000;
const COLORS = {
  ok: 'green',
  failed: 'red',
  active: 'cyan',
  waiting: 'yellow',
  quiet: 'dim',
} as const satisfies Record<LineTone, string>;
/** Between the two, a terminal that knows them shows nothing (synchronized output). */
const [BEGIN, END] = ['\u001b[?2026h', '\u001b[?2026l'];
const [ERASE_LINE, ERASE_BELOW] = ['\u001b[K', '\u001b[J'];

/** Draws a run in place, at most ten times a second and two lines lower than the terminal, and at its end all of it once. */
export function createTerminalView(out: WriteStream, logs: RecentLogs): RunView {
  let model: RunModel | undefined;
  /** Cells of each line that is drawn. */
  let drawn: readonly number[] = [];
  let drawnAt = 0;
  let timer: NodeJS.Timeout | undefined;
  /** Since when the connection is lost: clocks stop there. */
  let lost: { readonly at: Date; readonly retryInMs: number } | undefined;

  const write = (lines: readonly TreeLine[]) => {
    // A terminal that has become narrower shows a line as several.
    const above = drawn.reduce((sum, cells) => sum + Math.max(1, Math.ceil(cells / out.columns)), 0);
    const up = above > 0 ? `\u001b[${above}A\r` : '';
    const text = lines.map(({ text, tone }) => `${styleText(COLORS[tone], text, { stream: out })}${ERASE_LINE}\n`);
    out.write(`${BEGIN}${up}${text.join('')}${ERASE_BELOW}${END}`);
    drawn = lines.map(({ text }) => stringWidth(text));
    drawnAt = Date.now();
  };
  const lines = (rows?: number) =>
    model
      ? treeLines(model, {
          columns: out.columns,
          now: lost?.at ?? new Date(),
          logOf: logs.of,
          ...(rows !== undefined && { rows }),
        })
      : [];
  const draw = () => {
    const rows = Math.max(1, out.rows - 2);
    if (!lost) write(lines(rows));
    else {
      const [at, retry] = [lost.at.toLocaleTimeString('en-GB'), (lost.retryInMs / 1_000).toFixed(1)];
      const text = cut(`Not connected since ${at}, retry in ${retry}s`, out.columns);
      write([
        ...lines(Math.max(1, rows - 1)).map((line) => ({ ...line, tone: 'quiet' as const })),
        { text, tone: 'waiting' },
      ]);
    }
    schedule(TICK_MS);
  };
  const schedule = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(draw, ms);
  };

  return {
    isWhole: true,
    show(next) {
      model = next;
      schedule(Math.max(0, drawnAt + FRAME_MS - Date.now()));
    },
    interrupted(retryInMs) {
      lost = { at: lost?.at ?? new Date(), retryInMs };
      schedule(0);
    },
    current() {
      if (lost) schedule(0);
      lost = undefined;
    },
    end() {
      clearTimeout(timer);
      lost = undefined;
      write(lines());
    },
  };
}
