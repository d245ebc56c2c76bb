import type { LoggingLevel, LoggingMessageNotification } from '@modelcontextprotocol/sdk/types.js';
import type { Event, LogLevel } from '../../../core/event.ts';

type LogMessage = LoggingMessageNotification['params'];

/** RFC 5424, section 6.2.1, gravest last. */
const LEVELS_BY_SEVERITY: readonly LoggingLevel[] = [
  ...(['debug', 'info', 'notice', 'warning'] as const),
  ...(['error', 'critical', 'alert', 'emergency'] as const),
];
const MCP_LEVELS: Readonly<Record<LogLevel, LoggingLevel>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warning',
  ERROR: 'error',
};

/** Of one call; the events of the run have all of them. */
const MAX_LOG_MESSAGES = 1_000;

/** Makes log messages of a run's log, from the level that the client asked for. */
export function createLogMessages(least: LoggingLevel, send: (message: LogMessage) => void): (event: Event) => void {
  let sent = 0;
  return ({ type, payload, runId, step }) => {
    if (type !== 'LOG' && type !== 'NOTIFICATION') return;
    const level = MCP_LEVELS[payload.level];
    if (LEVELS_BY_SEVERITY.indexOf(level) < LEVELS_BY_SEVERITY.indexOf(least) || sent >= MAX_LOG_MESSAGES) return;
    sent += 1;
    const data = 'text' in payload ? payload.text : payload.message;
    send({ level, logger: step === undefined ? runId : `${runId}/${step}`, data });
  };
}
