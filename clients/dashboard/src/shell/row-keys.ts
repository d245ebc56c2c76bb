import { useKeys } from './keys.ts';

const rows = () => [...document.querySelectorAll<HTMLElement>('main [data-row]')];

/** The row that has the focus; without one that which is open. */
const current = () =>
  document.activeElement?.closest<HTMLElement>('[data-row]') ?? rows().find((row) => row.dataset.selected === 'true');

function move(by: 1 | -1): void {
  const all = rows();
  const from = current();
  const index = from ? all.indexOf(from) + by : by === 1 ? 0 : all.length - 1;
  all[Math.max(0, Math.min(index, all.length - 1))]?.querySelector<HTMLElement>('a, button')?.focus();
}

/**
 * The keys of every list: `j` and `k` move the focus through its rows, which are the elements with `data-row`. Each has a link or a button first,
 * which Enter opens, and may have a checkbox, which `x` changes.
 */
export function useRowKeys(): void {
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    x: () => current()?.querySelector<HTMLElement>('input[type="checkbox"]')?.click(),
  });
}
