import type { User } from '../principal.ts';

/** What somebody looks at often, under a name. */
export interface SavedView {
  readonly id: string;
  readonly name: string;
  /** Path and query of the client. */
  readonly state: string;
  /** All of the tenant have it. */
  readonly isShared: boolean;
  readonly savedBy: User;
  readonly savedAt: Date;
}

/** The views of a principal, and those that all of a tenant have. */
export interface SavedViews {
  /** Saves the view, or replaces the one of the same name in its list. @throws Fault CONFLICT when that list is full */
  save(who: User, view: Pick<SavedView, 'name' | 'state' | 'isShared'>, at: Date): Promise<SavedView>;
  /** Undefined when the principal has no such view, and the tenant neither. */
  find(who: User, id: string): Promise<SavedView | undefined>;
  /** The view of this name in the principal's list, or in that of the tenant. */
  findByName(who: User, name: string, isShared: boolean): Promise<SavedView | undefined>;
  remove(who: User, id: string): Promise<void>;
  /** The principal's own, then the tenant's, each by name. */
  list(who: User): Promise<readonly SavedView[]>;
}

/** In the list of a principal, and in that of a tenant. */
export const MAX_SAVED_VIEWS = 100;
