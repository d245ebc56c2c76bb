import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { RunModel } from '../../../sdk/src/live/index.ts';
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
  let drawn = 0;
  let drawnAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const write = (lines: readonly TreeLine[]) => {
    const up = drawn > 0 ? `\u001b[${drawn}A\r` : '';
    const text = lines.map(({ text, tone }) => `${styleText(COLORS[tone], text, { stream: out })}${ERASE_LINE}\n`);
    out.write(`${BEGIN}${up}${text.join('')}${ERASE_BELOW}${END}`);
    drawn = lines.length;
    drawnAt = Date.now();
  };
  const lines = (rows?: number) =>
    model
      ? treeLines(model, { columns: out.columns, now: new Date(), logOf: logs.of, ...(rows !== undefined && { rows }) })
      : [];
  const draw = () => {
    write(lines(Math.max(1, out.rows - 2)));
    schedule(TICK_MS);
  };
  const schedule = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(draw, ms);
  };

  return {
    show(next) {
      model = next;
      schedule(Math.max(0, drawnAt + FRAME_MS - Date.now()));
    },
    end() {
      clearTimeout(timer);
      write(lines());
    },
  };
}
