import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { Link, useLocation } from 'wouter';
import { isFinalRunState } from '../../../sdk/src/live/index.ts';
import type { Session } from '../../../sdk/src/react/live-store.ts';
import { useLive } from '../../../sdk/src/react/use-live.ts';
import { client } from '../api/client.ts';
import { StartedRunsDocument, type StartedRunsSubscription } from '../api/generated/graphql.ts';
import { startedRuns, useStartedRuns } from '../api/started-runs.ts';
import { StateMark } from '../ui/state-mark.tsx';
import { STATES } from '../ui/states.ts';
import { durationText } from '../ui/time-text.ts';
import { toast } from './toasts.tsx';

type Run = StartedRunsSubscription['runsUpdated']['runs'][number];

/** Says that a run was started here, and remembers to say how it ends. */
export function runStarted(id: string, name: string): void {
  startedRuns.add({ id, name });
  toast(<Link href={`/runs/${id}`}>Started {name}</Link>, 'good');
}

/** Says how the runs that were started in this browser have ended, unless one looks at the run: its page says it. */
export function useRunEnds(): void {
  const ids = useStartedRuns().map(({ id }) => id);
  const [path] = useLocation();
  const isHidden = useSyncExternalStore(onVisibility, () => document.hidden);
  // One subscription for all of them; without any, no subscription.
  const { data: ended } = useLive<readonly Run[]>(client, ['run ends', ids], (session) => followEnds(session, ids));
  const say = useEffectEvent((run: Run) => {
    const name = startedRuns.take(run.id);
    if (name !== undefined && path !== `/runs/${run.id}`) toastEnd(run, name);
  });
  useEffect(() => {
    // The tab that one looks at says it.
    if (!isHidden) ended?.forEach(say);
  }, [ended, isHidden]);
}

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

function followEnds({ client, signal, persist, show }: Session<readonly Run[]>, ids: readonly string[]): void {
  if (ids.length === 0) return;
  persist(async ({ onInterrupted, onCurrent }) => {
    let ended: readonly Run[] = [];
    let isFirst = true;
    for await (const { runsUpdated } of client.subscribe(StartedRunsDocument, { ids }, { signal, onInterrupted })) {
      onCurrent();
      const { runs } = runsUpdated;
      // The first update has all: the others were removed, or belong to somebody who has signed out.
      if (isFirst) for (const id of ids) if (!runs.some((run) => run.id === id)) startedRuns.take(id);
      isFirst = false;
      ended = [...ended, ...runs.filter(({ state }) => isFinalRunState(state))];
      if (ended.length > 0) show(ended);
    }
  });
}

function toastEnd({ id, state, startedAt, finishedAt, error }: Run, name: string): void {
  const took = startedAt && finishedAt ? ` after ${durationText(Date.parse(finishedAt) - Date.parse(startedAt))}` : '';
  const { tone, word } = STATES[state];
  toast(
    <>
      <StateMark state={state} /> <Link href={`/runs/${id}`}>{name}</Link> {word.toLowerCase()}
      {took}
      {error && `: ${error.message}`}
    </>,
    tone === 'good' || tone === 'bad' ? tone : 'plain',
  );
}
