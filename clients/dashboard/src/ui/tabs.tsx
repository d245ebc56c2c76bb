import { type KeyboardEvent, type ReactNode, useId } from 'react';
import { Link, useLocation } from 'wouter';
import styles from './tabs.module.css';

interface Tab<T extends string> {
  readonly value: T;
  readonly label: ReactNode;
}

interface Props<T extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** Of the tab that is open. */
  readonly children: ReactNode;
}

const MOVES: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowRight: (index, count) => (index + 1) % count,
  ArrowLeft: (index, count) => (index + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Where tabs fade out, in pixels. */
const FADE = 48;

/** Scrolls the list of tabs, not the page, until the tab that is open can be seen. */
function reveal(tab: HTMLElement | null): void {
  const list = tab?.parentElement;
  if (!list) return;
  const [inner, outer] = [tab.getBoundingClientRect(), list.getBoundingClientRect()];
  if (inner.right > outer.right - FADE) list.scrollLeft += inner.right - outer.right + FADE;
  else if (inner.left < outer.left) list.scrollLeft -= outer.left - inner.left;
}

/** Tabs as the ARIA practices describe them: the arrow keys choose, Tab leads into the panel. */
export function Tabs<T extends string>({ label, tabs, value, onChange, children }: Props<T>) {
  const id = useId();
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const index = tabs.findIndex((tab) => tab.value === value);
    const next = tabs[MOVES[event.key]?.(index, tabs.length) ?? -1];
    if (!next) return;
    event.preventDefault();
    onChange(next.value);
    document.getElementById(`${id}-${next.value}`)?.focus();
  };
  return (
    <>
      <div role="tablist" aria-label={label} className={styles.list} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.value}
            ref={tab.value === value ? reveal : undefined}
            id={`${id}-${tab.value}`}
            type="button"
            role="tab"
            aria-selected={tab.value === value}
            aria-controls={`${id}-panel`}
            tabIndex={tab.value === value ? 0 : -1}
            onClick={() => onChange(tab.value)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${value}`} className={styles.panel}>
        {children}
      </div>
    </>
  );
}

interface LinkProps {
  readonly label: string;
  /** Paths with what they are called. */
  readonly links: readonly (readonly [path: string, label: string])[];
}

/** Pages that belong together, which look like tabs. */
export function LinkTabs({ label, links }: LinkProps) {
  const [path] = useLocation();
  return (
    <nav aria-label={label} className={styles.list}>
      {links.map(([to, name]) => (
        <Link key={to} href={to} aria-current={path === to ? 'page' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
