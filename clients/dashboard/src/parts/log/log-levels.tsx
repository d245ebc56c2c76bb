import { LogCountsDocument, type LogLevel } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { countText } from '../../ui/time-text.ts';
import styles from './log.module.css';
import type { LogOptions } from './log-window.ts';

const LEVELS = [
  { level: 'DEBUG', count: 'all', label: 'All' },
  { level: 'INFO', count: 'info', label: 'Info' },
  { level: 'WARN', count: 'warn', label: 'Warnings' },
  { level: 'ERROR', count: 'error', label: 'Errors' },
] as const;

type Counts = Readonly<Record<(typeof LEVELS)[number]['count'], number>>;

const COUNT_EVERY_MS = 10_000;

interface CountOptions {
  /** False: not yet. The server reads all lines for it. */
  readonly enabled: boolean;
  readonly isEnded: boolean;
}

/** How many lines have at least each level. It is read again while lines may follow, and once after the last. */
export function useLogCounts({ runId, steps }: LogOptions, { enabled, isEnded }: CountOptions): Counts | undefined {
  const { data } = useRead(
    LogCountsDocument,
    { runId, steps },
    { enabled, keepFormer: false, ...(!isEnded && { everyMs: COUNT_EVERY_MS }) },
  );
  return data?.run ?? undefined;
}

interface Props {
  readonly counts: Counts | undefined;
  readonly level: LogLevel;
  readonly onLevel: (level: LogLevel) => void;
}

/** The least level that is shown. */
export function LogLevels({ counts, level: chosen, onLevel }: Props) {
  return (
    <fieldset className={styles.levels}>
      <legend className="visually-hidden">Least level</legend>
      {LEVELS.map(({ level, count, label }) => (
        <button
          key={level}
          type="button"
          data-level={level}
          aria-pressed={level === chosen}
          onClick={() => onLevel(level)}
        >
          {label} {counts && <b>{countText(counts[count])}</b>}
        </button>
      ))}
    </fieldset>
  );
}
