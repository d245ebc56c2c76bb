import { pino } from 'pino';
import type { Config } from '../config/config.ts';
import type { LogFields, Logger } from '../core/telemetry.ts';
import { activeTraceId } from '../core/tracing.ts';
import { redact } from './redact.ts';

/** What a reader that stands still makes us keep; past it lines are dropped, because a log must not stop the server. */
const MAX_BUFFERED_BYTES = 4_194_304;

const FLUSH_TIMEOUT_MS = 1_000;

/** A logger with an end: the lines that are still on their way. */
export interface FlushableLogger extends Logger {
  /** Resolves when everything written so far is out, or cannot get out within a second. */
  flush(): Promise<void>;
}

/**
 * One JSON line for each event: `{"level","ts","event","run_id","step_id","trace_id",…}`. Secrets are taken out. The
 * trace id is that of the span under way unless the caller gives one.
 * @param fd where the lines go: stderr, because stdout may carry a protocol.
 */
export function createLogger(config: {
  readonly level: Config['telemetry']['logLevel'];
  readonly fd?: number;
}): FlushableLogger {
  // With a least length of 0 the stream's `flush` does nothing; with 1, every line is still written at once.
  const destination = pino.destination({
    fd: config.fd ?? 2,
    sync: false,
    minLength: 1,
    maxLength: MAX_BUFFERED_BYTES,
  });
  // Whoever read the log is gone; there is nobody to tell.
  destination.on('error', () => {});
  const out = pino(
    {
      level: config.level,
      base: null,
      messageKey: 'event',
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    destination,
  );
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (event: string, fields?: LogFields) => {
    if (out.isLevelEnabled(level)) out[level](logLine(fields), event);
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    flush: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, FLUSH_TIMEOUT_MS);
        destination.flush(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

function logLine({ runId, stepId, traceId = activeTraceId(), ...rest }: LogFields = {}): object {
  return {
    ...(runId !== undefined && { run_id: runId }),
    ...(stepId !== undefined && { step_id: stepId }),
    ...(traceId !== undefined && { trace_id: traceId }),
    ...safeRedact(rest),
  };
}

/** Getters and `toJSON` are other people's code; a log line that cannot be made must not fail what it tells about. */
function safeRedact(fields: object): object {
  try {
    return redact(fields) as object;
  } catch (error) {
    return { unprintable: String(error) };
  }
}
