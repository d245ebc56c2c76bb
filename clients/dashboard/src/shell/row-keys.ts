import type { RefObject } from 'react';
import { useKeys } from './keys.ts';

/**
 * `j` and `k` move the focus through the rows of a list: the elements with `data-row`, of which each has a link or a button. Enter opens that
 * as it always does. `onSelect` gets the value of `data-row`, unless that is empty, when `x` is pressed on a row.
 */
export function useRowKeys(list: RefObject<HTMLElement | null>, onSelect?: (row: string) => void): void {
  const rows = () => [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
  const current = () => document.activeElement?.closest<HTMLElement>('[data-row]');
  const move = (by: 1 | -1) => {
    const all = rows();
    const from = current();
    const index = from ? all.indexOf(from) + by : by === 1 ? 0 : all.length - 1;
    all[Math.max(0, Math.min(index, all.length - 1))]?.querySelector<HTMLElement>('a, button')?.focus();
  };
  const select = () => {
    const row = current()?.dataset.row;
    if (row) onSelect?.(row);
  };
  useKeys({ j: () => move(1), k: () => move(-1), ...(onSelect && { x: select }) });
}
