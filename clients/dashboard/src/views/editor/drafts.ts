/** A workflow as the server has it. */
export interface SavedText {
  /** Empty for one that is not saved yet. */
  readonly name: string;
  /** 0 for one that is not saved yet. */
  readonly version: number;
  readonly text: string;
}

/** A text that was written and not saved, with the version it began from. */
export interface Draft {
  /** Of the editor that it was written in: one does not replace what was written in another. */
  readonly id: string;
  readonly text: string;
  /** 0: of a workflow that is not saved yet. */
  readonly version: number;
  /** When it was changed last, ISO 8601. */
  readonly at: string;
}

/** Whose drafts of what. */
export interface DraftsOf {
  readonly user: string;
  readonly name: string;
}

const prefixOf = ({ user, name }: DraftsOf) =>
  `signalbox.draft/${encodeURIComponent(user)}/${encodeURIComponent(name)}/`;

/** The drafts that this user of the browser has of a workflow, the newest first. */
export function readDrafts(of: DraftsOf): readonly Draft[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefixOf(of)))
      .flatMap((key): readonly Draft[] => JSON.parse(`[${localStorage.getItem(key) ?? ''}]`))
      .toSorted((a, b) => b.at.localeCompare(a.at));
  } catch {
    return [];
  }
}

/** Keeps a draft. Where the browser stores nothing, the text is lost at a reload, and nothing else. */
export function keepDraft(of: DraftsOf, draft: Omit<Draft, 'at'>): void {
  try {
    localStorage.setItem(prefixOf(of) + draft.id, JSON.stringify({ ...draft, at: new Date().toISOString() }));
  } catch {
    // The quota is used up, or storage is off.
  }
}

export function discardDraft(of: DraftsOf, id: string): void {
  try {
    localStorage.removeItem(prefixOf(of) + id);
  } catch {
    // Storage is off: nothing was kept.
  }
}
