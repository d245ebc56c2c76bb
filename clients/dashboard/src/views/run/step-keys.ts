import type { RunModel } from '../../../../sdk/src/live/index.ts';
import { useKeys } from '../../shell/keys.ts';
import { sectionsOf } from './run-model.ts';

/** `j` and `k` select the next and the previous step. */
export function useStepKeys(run: RunModel, selected: string | undefined, onSelect: (key: string) => void): void {
  const move = (by: number) => {
    const { plan, undo } = sectionsOf(run);
    const keys = [...plan, ...undo].map(({ key }) => key);
    const next = keys[keys.indexOf(selected ?? '') + by];
    if (next !== undefined) onSelect(next);
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
}
