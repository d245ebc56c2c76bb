import { useSyncExternalStore } from 'react';

/** What one person prefers, in this browser only. */
export interface Settings {
  readonly theme: 'system' | 'light' | 'dark';
  readonly zone: 'local' | 'utc';
  readonly density: 'normal' | 'compact';
  /** Keys without a modifier, such as `g r`. */
  readonly singleKeys: boolean;
}

const DEFAULTS: Settings = { theme: 'system', zone: 'local', density: 'normal', singleKeys: true };
const KEY = 'signalbox.settings';

function load(): Settings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings>) };
  } catch {
    // Storage may be forbidden, or hold what somebody else wrote.
    return DEFAULTS;
  }
}

function apply({ theme, density }: Settings): void {
  const { dataset } = document.documentElement;
  dataset.theme = theme;
  dataset.density = density;
}

let settings = load();
apply(settings);
const listeners = new Set<() => void>();

export function changeSettings(changes: Partial<Settings>): void {
  settings = { ...settings, ...changes };
  apply(settings);
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // They hold for this page then.
  }
  for (const listener of listeners) listener();
}

export function useSettings(): Settings {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => settings,
  );
}
