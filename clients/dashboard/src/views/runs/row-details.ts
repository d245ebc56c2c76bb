import { useMemo } from 'react';
import type { RunRow } from '../../../../sdk/src/react/index.ts';
import { RunRowDetailsDocument, type RunRowDetailsQuery } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';

type DetailedRun = Extract<RunRowDetailsQuery['nodes'][number], { readonly steps: readonly unknown[] }>;

export interface RowDetails {
  /** The command of a run that is one command. */
  readonly does: string | undefined;
  /** Steps that wait for something outside of the run. */
  readonly waiting: DetailedRun['steps'];
  /** The limit of its workflow that keeps it from its begin. */
  readonly waitsFor: DetailedRun['waitsFor'];
}

const isUnnamed = ({ workflow, goal }: RunRow) => workflow === null && goal === null;
const isWaiting = ({ state }: RunRow) => state === 'WAITING' || state === 'PENDING';

/** What rows show in addition to what the list has: the name of a single command, and what a run waits for. Other rows ask for nothing. */
export function useRowDetails(runs: readonly RunRow[]): ReadonlyMap<string, RowDetails> {
  const unnamed = useDetails(runs.filter(isUnnamed));
  const waiting = useDetails(runs.filter(isWaiting));
  return useMemo(() => new Map([...unnamed, ...waiting]), [unnamed, waiting]);
}

function useDetails(runs: readonly RunRow[]): ReadonlyMap<string, RowDetails> {
  const ids = runs.map(({ id }) => id);
  const { data } = useRead(RunRowDetailsDocument, { ids }, { enabled: ids.length > 0 });
  return useMemo(
    () =>
      new Map(
        (data?.nodes ?? []).flatMap((run) => {
          if (!run || !('steps' in run)) return [];
          const { id, steps, waitsFor } = run;
          const waits = steps.filter(({ state }) => state === 'WAITING');
          return [[id, { does: steps[0]?.does ?? undefined, waiting: waits, waitsFor }] as const];
        }),
      ),
    [data],
  );
}
