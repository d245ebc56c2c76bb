import { useEffect } from 'react';
import type { FormValue } from '../../parts/schema-form/schema-form.tsx';

/** Longer ones would make an address that some programs cut. */
const MAX_HASH = 16_000;

/** What stands in the form, as the hash of the address: it survives a reload, and is never sent to a server. */
export function readDraft(): FormValue | undefined {
  try {
    const hash = decodeURIComponent(window.location.hash.slice(1));
    return hash === '' ? undefined : (JSON.parse(hash) as FormValue);
  } catch {
    return undefined;
  }
}

/** Keeps the draft in the hash while it changes. */
export function useDraft(value: FormValue): void {
  useEffect(() => {
    const text = encodeURIComponent(JSON.stringify(value));
    const hash = Object.keys(value).length === 0 || text.length > MAX_HASH ? '' : `#${text}`;
    const { pathname, search } = window.location;
    window.history.replaceState(window.history.state, '', `${pathname}${search}${hash}`);
  }, [value]);
}
