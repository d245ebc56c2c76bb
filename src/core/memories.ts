/** What agents remember: texts by name, of one tenant. */
export interface Memories {
  /** The newest entries, oldest first, as many as fit. Empty when there is none. */
  read(tenant: string, name: string, maxBytes: number): Promise<string>;
  /** @param entry.id the same one again adds nothing */
  append(
    tenant: string,
    name: string,
    entry: { readonly id: string; readonly text: string; readonly at: Date; readonly runId: string },
  ): Promise<void>;
}
