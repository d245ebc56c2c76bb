import { useState } from 'react';
import type { Live } from '../../../../sdk/src/react/index.ts';
import { useLive } from '../../../../sdk/src/react/use-live.ts';
import { client } from '../../api/client.ts';
import { type LogOptions, type LogWindow, readLog } from './log-window.ts';

/** A part of a log: around a line when it is opened at one, otherwise its end. */
export function useLogWindow(options: LogOptions, line: number | undefined): Live<LogWindow> {
  const { runId, steps, level } = options;
  const log = JSON.stringify([runId, steps, level]);
  /** Later lines are shown by the window that is open. */
  const [opened, setOpened] = useState({ log, line });
  if (opened.log !== log) setOpened({ log, line });
  const start = opened.log === log ? opened.line : line;
  return useLive<LogWindow>(client, ['log', log, start], (session) => readLog(session, options, start));
}
