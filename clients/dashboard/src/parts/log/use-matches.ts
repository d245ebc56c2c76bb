import { useEffect, useMemo, useState } from 'react';
import type { RunLog } from '../../../../sdk/src/react/index.ts';
import { LogMatchCountDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { findOlderLine, type WantedLine } from './older-line.ts';
import { createSearch } from './search.ts';

const SETTLED_AFTER_MS = 250;

interface Options {
  readonly log: RunLog | undefined;
  /** What the log shows, with the text to find; an empty text finds nothing. */
  readonly wanted: WantedLine & { readonly text: string };
  readonly line: number | undefined;
  readonly onLine: (line: number) => void;
}

/** The lines that match a text or a level: those that are loaded are known here, the server is asked for older ones. */
export function useMatches({ log, wanted, line, onLine }: Options) {
  const { text } = wanted;
  const search = useMemo(() => createSearch(text), [text]);
  const matches = log ? search(log.lines) : [];
  const counted = useSettled(text);
  const { data } = useRead(
    LogMatchCountDocument,
    { ...wanted, text: counted },
    { enabled: counted !== '' && log?.hasOlder === true, keepFormer: false },
  );
  const [isSearching, setSearching] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function showOlder(older: WantedLine, nothing: () => void) {
    setProblem(undefined);
    setSearching(true);
    try {
      const seq = await findOlderLine(older, log?.hasOlder ? log.lines[0]?.cursor : undefined);
      if (seq === undefined) nothing();
      else onLine(seq);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setSearching(false);
    }
  }

  const show = (seq: number | undefined) => {
    if (seq !== undefined) onLine(seq);
  };

  /** Selects the next or the previous match. The first is the newest, because a log opens at its end. */
  function step(by: 1 | -1) {
    const next = line === undefined ? undefined : matches.find((seq) => seq > line);
    const previous = matches.findLast((seq) => line === undefined || seq < line);
    if (by === 1 && line !== undefined && matches.length > 0) show(next ?? matches[0]);
    else if (previous !== undefined) show(previous);
    else void showOlder(wanted, () => show(matches.at(-1)));
  }

  /** Selects the next error below the selected line; after the last, the first. Older ones are looked for when none is loaded. */
  function nextError() {
    const errors = log?.lines.slice().filter(({ level }) => level === 'ERROR') ?? [];
    const next = line === undefined ? errors.at(-1) : (errors.find(({ seq }) => seq > line) ?? errors[0]);
    if (next) return onLine(next.seq);
    const { runId, step: key } = wanted;
    void showOlder({ runId, step: key, level: 'ERROR' }, () => setProblem('No line is an error.'));
  }

  return { step, nextError, isSearching, status: problem ?? statusText() };

  function statusText() {
    if (text === '' || !log) return '';
    const total = counted === text ? data?.run?.step?.logCount : undefined;
    const place = line === undefined ? -1 : matches.indexOf(line);
    const inAll = log.hasOlder ? total : matches.length;
    if (inAll === undefined) return `${matches.length.toLocaleString('en')} here, counting`;
    if (inAll === 0) return 'No line matches';
    // A line that came after the count.
    const shownTotal = Math.max(inAll, matches.length);
    const number = shownTotal - matches.length + place + 1;
    return place < 0
      ? `${shownTotal.toLocaleString('en')} ${shownTotal === 1 ? 'match' : 'matches'}`
      : `${number.toLocaleString('en')} of ${shownTotal.toLocaleString('en')}`;
  }
}

/** A value that has not changed for a moment: the server need not count what is still being typed. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
