import { type PointerEvent, useState } from 'react';
import { RunBarsDocument, type RunBarsQuery, type RunFilter, type RunState } from '../../api/generated/graphql.ts';
import { useNow } from '../../api/now.ts';
import { useRead } from '../../api/query.ts';
import { useSettings } from '../../api/settings.ts';
import { StateMark } from '../../ui/state-mark.tsx';
import { RUN_STATES, STATES } from '../../ui/states.ts';
import { dayClockText } from '../../ui/time-text.ts';
import styles from './run-bars.module.css';
import type { RunQuery } from './run-filter.ts';
import { type BarRange, barRange, spanText } from './time-range.ts';

interface Props {
  readonly query: RunQuery;
  readonly filter: RunFilter;
  readonly onChange: (changes: Partial<RunQuery>) => void;
}

const MINUTE_MS = 60_000;

/** How many runs there were of each state over the time of the filter, or over the last day. Its states are the filter by state. */
export function RunBars({ query, filter, onChange }: Props) {
  const now = useNow(MINUTE_MS);
  const range = barRange(query.from, query.to, now);
  const { state: states = [], ...others } = filter;
  const { data, error } = useRead(
    RunBarsDocument,
    {
      filter: others,
      from: new Date(range.from).toISOString(),
      to: new Date(range.to).toISOString(),
      buckets: range.bars,
    },
    { everyMs: MINUTE_MS },
  );
  const stats = data?.runStats;
  const shown = RUN_STATES.filter((state) => !states?.length || states.includes(state));
  const counts = new Map(stats?.byState.map(({ state, count }) => [state, count]));
  const toggle = (state: RunState) =>
    onChange({
      state: query.state.includes(state) ? query.state.filter((one) => one !== state) : [...query.state, state],
    });
  return (
    <section className={styles.bars} aria-label="Runs over time">
      <Chart
        buckets={stats?.buckets ?? []}
        states={shown}
        range={range}
        onRange={(from, to) => onChange({ from: new Date(from).toISOString(), to: new Date(to).toISOString() })}
      />
      <div className={styles.legend}>
        {RUN_STATES.map((state) => (
          <button key={state} type="button" aria-pressed={query.state.includes(state)} onClick={() => toggle(state)}>
            <StateMark state={state} /> <b>{stats && (counts.get(state) ?? 0)}</b> {STATES[state].word}
          </button>
        ))}
        <span>{query.from === '' && query.to === '' ? 'in the last 24 hours; listed: any time' : 'in this time'}</span>
      </div>
      {error && <p role="status">The runs cannot be counted: {error.message}</p>}
    </section>
  );
}

interface ChartProps {
  readonly buckets: RunBarsQuery['runStats']['buckets'];
  readonly states: readonly RunState[];
  readonly range: BarRange;
  readonly onRange: (from: number, to: number) => void;
}

const HEIGHT = 44;

/** Stacked bars. A drag over some of them, or a click on one, chooses their time. */
function Chart({ buckets, states, range, onRange }: ChartProps) {
  const { zone } = useSettings();
  const [drag, setDrag] = useState<readonly [number, number]>();
  const stacks = buckets.map(({ at, byState }) => ({
    at,
    parts: states.map((state) => ({ state, count: byState.find((one) => one.state === state)?.count ?? 0 })),
  }));
  const totals = stacks.map(({ parts }) => parts.reduce((sum, { count }) => sum + count, 0));
  const max = Math.max(1, ...totals);
  const barAt = ({ currentTarget, clientX }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(range.bars - 1, Math.floor(((clientX - left) / width) * range.bars)));
  };
  const choose = () => {
    if (!drag) return;
    setDrag(undefined);
    const [first, last] = [Math.min(...drag), Math.max(...drag)];
    onRange(range.from + first * range.barMs, range.from + (last + 1) * range.barMs);
  };
  return (
    <div className={styles.chart}>
      <div
        className={styles.plot}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([barAt(event), barAt(event)]);
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], barAt(event)])}
        onPointerUp={choose}
        onPointerCancel={() => setDrag(undefined)}
        title="Drag to choose a time"
      >
        <svg viewBox={`0 0 ${range.bars} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={spoken()}>
          {drag && (
            <rect
              className={styles.drag}
              x={Math.min(...drag)}
              width={Math.abs(drag[0] - drag[1]) + 1}
              height={HEIGHT}
            />
          )}
          {stacks.map(({ at, parts }, index) => {
            let top = HEIGHT;
            return parts
              .filter(({ count }) => count > 0)
              .map(({ state, count }) => {
                const height = Math.max(1, (count / max) * (HEIGHT - 2));
                top -= height;
                return (
                  <rect
                    key={at + state}
                    data-tone={STATES[state].tone}
                    x={index + 0.1}
                    y={top}
                    width={0.8}
                    height={height}
                  />
                );
              });
          })}
        </svg>
      </div>
      <div className={styles.axis} aria-hidden="true">
        <span>{dayClockText(range.from, zone)}</span>
        <span>{max > 1 && `at most ${max} in ${spanText(range.barMs)}`}</span>
        <span>{dayClockText(range.to, zone)}</span>
      </div>
    </div>
  );

  function spoken(): string {
    const total = totals.reduce((sum, count) => sum + count, 0);
    const from = `from ${dayClockText(range.from, zone)} to ${dayClockText(range.to, zone)}`;
    if (total === 0) return `No runs ${from}.`;
    const byState = states
      .map(
        (state, index) =>
          [STATES[state].word, stacks.reduce((sum, { parts }) => sum + (parts[index]?.count ?? 0), 0)] as const,
      )
      .filter(([, count]) => count > 0)
      .map(([word, count]) => `${count} ${word.toLowerCase()}`)
      .join(', ');
    const busiest = stacks[totals.indexOf(max)];
    return `${total} runs ${from}: ${byState}. Most at ${dayClockText(Date.parse(busiest?.at ?? ''), zone)}: ${max}.`;
  }
}
