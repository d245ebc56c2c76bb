import { useEffect, useEffectEvent } from 'react';
import { useSettings } from '../api/settings.ts';

type Bindings = Readonly<Record<string, ((event: KeyboardEvent) => void) | undefined>>;

/** Begins a pair; what follows it is no single key. */
const PREFIX = 'g';
/** How long the second key of a pair may take. */
const PAIR_MS = 1_500;

/** Fields, and what has keys of its widget. */
const isTyping = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest('input, textarea, select, [contenteditable="true"], [role="textbox"], .cm-editor') !== null;

let prefixAt = Number.NEGATIVE_INFINITY;

/**
 * Calls a binding when its key is pressed: `x`, `?`, `Escape`, `ctrl+k` (with the command key on a Mac), or two keys after each other, `g r`. Not
 * in fields, where only keys with ctrl count, nor while a dialog is open. A setting turns keys without ctrl off (WCAG 2.1.4). A key that
 * is undefined now is left to others.
 */
export function useKeys(bindings: Bindings): void {
  const { singleKeys } = useSettings();
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey) return;
    const withCtrl = event.ctrlKey || event.metaKey;
    if (!withCtrl && (!singleKeys || isTyping(event.target) || document.querySelector('dialog[open]'))) return;
    const name = withCtrl ? `ctrl+${event.key.toLowerCase()}` : event.key;
    const isPair = event.timeStamp - prefixAt < PAIR_MS;
    const binding = bindings[isPair ? `${PREFIX} ${name}` : name];
    if (!binding) return;
    event.preventDefault();
    binding(event);
  });
  useEffect(() => {
    window.addEventListener('keydown', handle);
    return () => window.removeEventListener('keydown', handle);
  }, []);
}

/** Remembers that a pair has begun. Its first key is released before the second counts. */
export function installKeyPairs(): void {
  window.addEventListener('keyup', ({ key, timeStamp, target, ctrlKey, metaKey }) => {
    const begins = key === PREFIX && !ctrlKey && !metaKey && !isTyping(target);
    prefixAt = begins ? timeStamp : Number.NEGATIVE_INFINITY;
  });
}
