import type { LogLevel } from '../../../sdk/src/generated/graphql.ts';
import type { OutputForm } from './format-rows.ts';
import { escapeControls, sanitize } from './sanitize.ts';

export interface LogLine {
  readonly cursor: string;
  readonly at: string;
  readonly step: string | null;
  readonly level: LogLevel;
  readonly text: string;
}

/** A line of a log as its text, after the step and a level of WARN or ERROR; as JSON; or its cursor. */
export function formatLogLine(line: LogLine, form: OutputForm, withStep: boolean): string {
  const { cursor, at, step, level, text } = line;
  if (form === 'id') return sanitize(cursor);
  if (form !== 'table') return escapeControls(JSON.stringify({ id: cursor, at, step, level, text }));
  const prefix = withStep && step !== null ? `${sanitize(step)} | ` : '';
  const severity = level === 'WARN' || level === 'ERROR' ? `${level} ` : '';
  return sanitize(text)
    .split('\n')
    .map((part) => `${prefix}${severity}${part}`)
    .join('\n');
}
