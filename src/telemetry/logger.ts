import { pino } from 'pino';
import type { Config } from '../config/config.ts';
import type { LogFields, Logger } from '../core/telemetry.ts';
import { activeTraceId } from '../core/tracing.ts';
import { redact } from './redact.ts';

/** Maximum buffer for a stalled reader; beyond it lines are dropped, because a log must not stop the server. */
const MAX_BUFFERED_BYTES = 4_194_304;

const FLUSH_TIMEOUT_MS = 1_000;

/** A logger that can be flushed and closed. */
export interface FlushableLogger extends Logger {
  /** Resolves when everything written so far is flushed, at the latest after a second. */
  flush(): Promise<void>;
}

/**
 * One JSON line for each event: `{"level","ts","event","run_id","step_id","trace_id",…}`. Secrets are redacted. The
 * trace id defaults to that of the active span.
 * @param fd where the lines go: stderr, because stdout may carry a protocol.
 */
export function createLogger(config: {
  readonly level: Config['telemetry']['logLevel'];
  readonly fd?: number;
}): FlushableLogger {
  // With a minimum length of 0 the stream's `flush` does nothing; with 1, every line is still written immediately.
  const destination = pino.destination({
    fd: config.fd ?? 2,
    sync: false,
    minLength: 1,
    maxLength: MAX_BUFFERED_BYTES,
  });
  // The reader of the log is gone, so nobody can be notified.
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

/** Getters and `toJSON` are foreign code; a line that cannot be serialized must not fail the operation that it reports. */
function safeRedact(fields: object): object {
  try {
    return redact(fields) as object;
  } catch (error) {
    return { unprintable: String(error) };
  }
}
