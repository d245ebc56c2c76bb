import { ArrowDownToLine, Download } from 'lucide-react';
import { useState } from 'react';
import { type RunLog, useRunLog } from '../../../../sdk/src/react/index.ts';
import type { LogLevel } from '../../api/generated/graphql.ts';
import { liveClient } from '../../api/live-client.ts';
import { BASE_PATH } from '../../api/page.ts';
import { useKeys } from '../../shell/keys.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import styles from './log.module.css';
import { LogFind } from './log-find.tsx';
import { LogLevels, useLogCounts } from './log-levels.tsx';
import { LogRows } from './log-rows.tsx';
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
  /** Key of the step. */
  readonly step: string;
  /** Whether no line can follow. */
  readonly isEnded: boolean;
  readonly place: LogPlace;
  readonly onPlace: (changes: Partial<LogPlace>) => void;
}

/** The log of a step: it opens at its end, follows it, and reads older lines when they are scrolled to. */
export function LogView({ runId, step, isEnded, place, onPlace }: Props) {
  const { line, level, find } = place;
  const leastLevel = level === 'DEBUG' ? undefined : level;
  const { data: log, error, refresh } = useRunLog(liveClient, { runId, step, level: leastLevel });
  const counts = useLogCounts(runId, step, isEnded);
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
  const matches = useMatches({ log, wanted: { runId, step, level: leastLevel, text: find }, line, onLine: select });
  useKeys({ f: () => setFollowing(true), e: matches.nextError });
  return (
    <section className={styles.log} aria-label={`Log of ${step}`}>
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
      {log && log.lines.length === 0 && !log.hasOlder && (
        <Nothing hidden={leastLevel && counts?.all} onShowAll={() => showLevel('DEBUG')} />
      )}
      {log && (log.lines.length > 0 || log.hasOlder) && (
        <LogRows
          key={level}
          label={`Lines of ${step}`}
          log={log}
          line={line}
          find={find}
          isFollowing={isFollowing}
          onLine={select}
          onFollowing={setFollowing}
          onCopied={setCopied}
        />
      )}
      <div className={styles.foot}>
        <span>{log && extentText(log, counts?.[COUNT_OF[level]])}</span>
        <span role="status">{copied > 0 && `Copied ${copied} ${copied === 1 ? 'line' : 'lines'}`}</span>
        {!isEnded && (
          <Button
            look="quiet"
            title="Follow the log (f)"
            aria-pressed={isFollowing}
            onClick={() => setFollowing(!isFollowing)}
          >
            <ArrowDownToLine size={14} aria-hidden="true" /> {isFollowing ? 'Following' : 'Follow'}
          </Button>
        )}
        <a href={`${BASE_PATH}/runs/${runId}/log?step=${encodeURIComponent(step)}`} download>
          <Download size={14} aria-hidden="true" /> Download
        </a>
      </div>
    </section>
  );
}

const COUNT_OF = { DEBUG: 'all', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

function extentText({ lines, hasOlder }: RunLog, total: number | undefined): string {
  const loaded = lines.length.toLocaleString('en');
  // Lines may have followed the count.
  const all = Math.max(total ?? 0, lines.length).toLocaleString('en');
  if (!hasOlder || total === undefined) return `${loaded} ${lines.length === 1 ? 'line' : 'lines'}`;
  return `${loaded} of ${all} lines; scroll up for older ones`;
}

function Nothing({ hidden, onShowAll }: { readonly hidden: number | undefined; readonly onShowAll: () => void }) {
  if (!hidden) return <p>It has logged nothing.</p>;
  return (
    <p className={styles.hidden}>
      The level hides {hidden === 1 ? 'the only line' : `all ${hidden.toLocaleString('en')} lines`}.{' '}
      <Button onClick={onShowAll}>Show all</Button>
    </p>
  );
}
