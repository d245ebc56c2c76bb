import { useEffect, useMemo, useState } from 'react';
import { LogMatchCountDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { countText } from '../../ui/time-text.ts';
import { findLine, type WantedLine } from './find-line.ts';
import type { LogWindow } from './log-window.ts';
import { createSearch } from './search.ts';
import { indexIn } from './seq-index.ts';

const SETTLED_AFTER_MS = 250;
/** Events of a run among which the server counts lines, from the newest on. */
const MAX_COUNTED_EVENTS = 200_000;

interface Options {
  readonly log: LogWindow | undefined;
  /** What the log shows, with the text to find; an empty text finds nothing. */
  readonly wanted: WantedLine & { readonly text: string };
  readonly line: number | undefined;
  readonly onLine: (line: number) => void;
}

/** The lines that match a text or a level: those that are loaded are known here, the server is asked for others. */
export function useMatches({ log, wanted, line, onLine }: Options) {
  const { text } = wanted;
  const search = useMemo(() => createSearch(text), [text]);
  const matches = log ? search(log.lines) : [];
  const counted = useSettled(text);
  const isPart = log !== undefined && (log.hasOlder || log.hasNewer);
  const around = log?.hasNewer ? log.around : undefined;
  const total = useMatchCount({ ...wanted, text: counted }, undefined, counted !== '' && isPart);
  const totalFrom = useMatchCount({ ...wanted, text: counted }, around, counted !== '' && around !== undefined);
  const [isSearching, setSearching] = useState(false);
  const [problem, setProblem] = useState<string>();

  /** Selects the next or the previous of the lines that match, of which `loaded` are loaded; after the last, the first. */
  async function lead(by: 1 | -1, lines: WantedLine, loaded: readonly number[], nothing?: string) {
    if (!log) return;
    setProblem(undefined);
    const known = nextMatch(log, loaded, line, by);
    if (known !== undefined) return onLine(known);
    setSearching(true);
    try {
      const beyond = line === undefined || by === -1 ? line : line + 1;
      const found = (await findLine(lines, by, beyond)) ?? (line === undefined ? undefined : await findLine(lines, by));
      if (found !== undefined) onLine(found);
      else setProblem(nothing);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setSearching(false);
    }
  }

  /** Selects the next or the previous match. The first is the newest, because a log opens at its end. */
  function step(by: 1 | -1) {
    void lead(line === undefined ? -1 : by, wanted, matches);
  }

  /** Selects the next error below the selected line; after the last, the first. */
  function nextError() {
    const errors = log?.lines.filter(({ level }) => level === 'ERROR').map(({ seq }) => seq) ?? [];
    const { runId, steps } = wanted;
    void lead(line === undefined ? -1 : 1, { runId, steps, level: 'ERROR' }, errors, 'No line is an error.');
  }

  return { step, nextError, isSearching, status: problem ?? statusText() };

  function statusText() {
    if (text === '' || !log) return '';
    const inAll = isPart ? (counted === text ? total?.lines : undefined) : matches.length;
    if (isPart && inAll !== undefined && total?.isOfAll === false) return newestText(inAll);
    if (inAll === undefined) return `${countText(matches.length)} here, counting`;
    if (inAll === 0) return 'No line matches';
    // A line that came after the count.
    const shownTotal = Math.max(inAll, matches.length);
    const number = numberOf(shownTotal);
    return number === undefined
      ? `${countText(shownTotal)} ${shownTotal === 1 ? 'match' : 'matches'}`
      : `${countText(number)} of ${countText(shownTotal)}`;
  }

  /** The number of the selected line among all matches, if that is known. */
  function numberOf(inAll: number) {
    const place = line === undefined ? -1 : matches.indexOf(line);
    if (place < 0) return undefined;
    if (!log?.hasOlder) return place + 1;
    if (!log.hasNewer) return inAll - matches.length + place + 1;
    if (around === undefined || totalFrom === undefined) return undefined;
    return inAll - totalFrom.lines + place - indexIn(matches, around) + 1;
  }
}

function useMatchCount(wanted: WantedLine & { readonly text: string }, fromSeq: number | undefined, enabled: boolean) {
  const { data } = useRead(LogMatchCountDocument, { ...wanted, fromSeq }, { enabled, keepFormer: false });
  if (!data?.run) return undefined;
  const { logCount, newest } = data.run;
  const last = newest.events.at(-1);
  // Without gaps, `seq` counts the events of a run.
  return { lines: logCount, isOfAll: !(last && 'seq' in last && last.seq > MAX_COUNTED_EVENTS) };
}

/** What is before the newest events is found, but not counted: matches have no numbers. */
function newestText(count: number): string {
  const where = `in the newest ${countText(MAX_COUNTED_EVENTS)} events`;
  if (count === 0) return `No match ${where}`;
  return `${countText(count)} ${count === 1 ? 'match' : 'matches'} ${where}`;
}

/** The match next to a line, or next to the end, if everything between them is loaded. */
function nextMatch(
  { lines, hasOlder, hasNewer }: LogWindow,
  matches: readonly number[],
  line: number | undefined,
  by: 1 | -1,
): number | undefined {
  const first = hasOlder ? (lines.at(0)?.seq ?? Number.POSITIVE_INFINITY) : 0;
  const last = hasNewer ? (lines.at(-1)?.seq ?? Number.NEGATIVE_INFINITY) : Number.POSITIVE_INFINITY;
  const from = line ?? Number.POSITIVE_INFINITY;
  if (from < first || from > last) return undefined;
  const next = by === 1 ? matches.find((seq) => seq > from) : matches.findLast((seq) => seq < from);
  if (next !== undefined || hasOlder || hasNewer) return next;
  return by === 1 ? matches.at(0) : matches.at(-1);
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
