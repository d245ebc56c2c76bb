import { ArrowDownToLine, CornerDownRight } from 'lucide-react';
import { useState } from 'react';
import type { LogLevel } from '../../api/generated/graphql.ts';
import { BASE_PATH } from '../../api/page.ts';
import { useKeys } from '../../shell/keys.ts';
import { Button } from '../../ui/button.tsx';
import { DownloadLink } from '../../ui/download-link.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { countText } from '../../ui/time-text.ts';
import styles from './log.module.css';
import { LogFind } from './log-find.tsx';
import { LogLevels, useLogCounts } from './log-levels.tsx';
import { LogRows } from './log-rows.tsx';
import { isElsewhere, type LogWindow, lineOf } from './log-window.ts';
import { MissingLine } from './missing-line.tsx';
import { useLogWindow } from './use-log-window.ts';
import { useMatches } from './use-matches.ts';

/** What is looked at in a log. The view that shows the log keeps it, in the URL. */
export interface LogPlace {
  /** The `seq` of the selected line. */
  readonly line: number | undefined;
  /** The least level that is shown. */
  readonly level: LogLevel;
  readonly find: string;
}

interface Props {
  readonly runId: string;
  /** Key of the step whose log it is; the log of all steps without it. */
  readonly step?: string;
  /** Whether no line can follow. */
  readonly isEnded: boolean;
  readonly place: LogPlace;
  readonly onPlace: (changes: Partial<LogPlace>) => void;
  /** In the log of all steps: leads to a line in the log of its step. */
  readonly onStep?: (step: string, line: number) => void;
}

/** The log of a step or of all: it opens at its end and follows it, or at a line, and reads others when they are scrolled to. */
export function LogView({ runId, step, isEnded, place, onPlace, onStep }: Props) {
  const { line, level, find } = place;
  const wanted = { runId, steps: step === undefined ? undefined : [step] };
  const leastLevel = level === 'DEBUG' ? undefined : level;
  const { data: log, error, refresh } = useLogWindow({ ...wanted, level: leastLevel }, line);
  const counts = useLogCounts(wanted, { enabled: log !== undefined, isEnded });
  const [isFollowing, setFollowing] = useState(line === undefined);
  const [copied, setCopied] = useState(0);
  const select = (seq: number) => {
    setFollowing(false);
    setCopied(0);
    onPlace({ line: seq });
  };
  const showLevel = (next: LogLevel) => {
    setFollowing(true);
    onPlace({ level: next, line: undefined });
  };
  const matches = useMatches({ log, wanted: { ...wanted, level: leastLevel, text: find }, line, onLine: select });
  const selected = log && line !== undefined ? lineOf(log, line) : undefined;
  const follow = () => {
    setFollowing(true);
    log?.showEnd();
  };
  useKeys({ f: follow, e: matches.nextError });
  return (
    <section className={styles.log} aria-label={`Log of ${step ?? ALL_STEPS}`}>
      <div className={styles.tools}>
        <LogLevels counts={counts} level={level} onLevel={showLevel} />
        <LogFind
          find={find}
          status={matches.status}
          isSearching={matches.isSearching}
          onFind={(text) => onPlace({ find: text })}
          onStep={matches.step}
        />
      </div>
      {error && <ErrorNotice error={error} retry={refresh} />}
      {!log && !error && <Skeleton rows={5} label="Loading the log" />}
      {log && line !== undefined && !selected && !isElsewhere(log, line) && (
        <MissingLine log={wanted} line={line} onShowAll={() => onPlace({ level: 'DEBUG' })} />
      )}
      {log && log.lines.length === 0 && !isPart(log) && (
        <Nothing hidden={leastLevel && counts?.all} onShowAll={() => showLevel('DEBUG')} />
      )}
      {log && (log.lines.length > 0 || isPart(log)) && (
        <LogRows
          key={level}
          label={`Lines of ${step ?? ALL_STEPS}`}
          log={log}
          line={line}
          find={find}
          onStep={onStep}
          isFollowing={isFollowing}
          onLine={select}
          onFollowing={setFollowing}
          onCopied={setCopied}
        />
      )}
      <div className={styles.foot}>
        <span>{log && extentText(log, counts?.[COUNT_OF[level]])}</span>
        <span role="status">{copied > 0 && `Copied ${copied} ${copied === 1 ? 'line' : 'lines'}`}</span>
        {isEnded ? (
          <Button look="quiet" title="To the end of the log (f)" onClick={follow}>
            <ArrowDownToLine size={14} aria-hidden="true" /> To the end
          </Button>
        ) : (
          <Button
            look="quiet"
            title="Follow the log (f)"
            aria-pressed={isFollowing}
            onClick={isFollowing ? () => setFollowing(false) : follow}
          >
            <ArrowDownToLine size={14} aria-hidden="true" /> {isFollowing ? 'Following' : 'Follow'}
          </Button>
        )}
        {onStep && selected?.step != null && (
          <Button look="quiet" onClick={() => onStep(selected.step ?? '', selected.seq)}>
            <CornerDownRight size={14} aria-hidden="true" /> Show in {selected.step}
          </Button>
        )}
        <DownloadLink
          href={`${BASE_PATH}/runs/${runId}/log${step === undefined ? '' : `?step=${encodeURIComponent(step)}`}`}
        />
      </div>
    </section>
  );
}

const ALL_STEPS = 'all steps';
const COUNT_OF = { DEBUG: 'all', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Whether the log has lines that are not loaded. */
function isPart({ hasOlder, hasNewer }: LogWindow): boolean {
  return hasOlder || hasNewer;
}

function extentText(log: LogWindow, total: number | undefined): string {
  const { length } = log.lines;
  const loaded = countText(length);
  if (!isPart(log) || total === undefined) return `${loaded} ${length === 1 ? 'line' : 'lines'}`;
  // Lines may have followed the count.
  const all = countText(Math.max(total, length));
  const others = log.hasNewer ? 'scroll for others' : 'scroll up for older ones';
  return `${loaded} of ${all} lines; ${others}`;
}

function Nothing({ hidden, onShowAll }: { readonly hidden: number | undefined; readonly onShowAll: () => void }) {
  if (!hidden) return <p>No log lines.</p>;
  return (
    <p className={styles.hidden}>
      The level hides {hidden === 1 ? 'the only line' : `all ${countText(hidden)} lines`}.{' '}
      <Button onClick={onShowAll}>Show all</Button>
    </p>
  );
}
