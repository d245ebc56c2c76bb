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
  readonly text: string;
  /** 0: of a workflow that is not saved yet. */
  readonly version: number;
  /** When it was changed last, ISO 8601. */
  readonly at: string;
}

const keyOf = (user: string, name: string) => `signalbox.draft.${user}.${name}`;

/** The draft that this user of the browser has of a workflow. */
export function readDraft(user: string, name: string): Draft | undefined {
  try {
    const stored = localStorage.getItem(keyOf(user, name));
    return stored === null ? undefined : (JSON.parse(stored) as Draft);
  } catch {
    return undefined;
  }
}

/** Keeps a draft. Where the browser stores nothing, the text is lost at a reload, and nothing else. */
export function keepDraft(user: string, name: string, text: string, version: number): void {
  try {
    localStorage.setItem(keyOf(user, name), JSON.stringify({ text, version, at: new Date().toISOString() }));
  } catch {
    // The quota is used up, or storage is off.
  }
}

export function discardDraft(user: string, name: string): void {
  try {
    localStorage.removeItem(keyOf(user, name));
  } catch {
    // Storage is off: nothing was kept.
  }
}
