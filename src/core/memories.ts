/** Memories of agents: text by tenant and name. */
export interface Memories {
  /** The newest entries that fit, oldest first. Empty when the memory does not exist. */
  read(tenant: string, name: string, maxBytes: number): Promise<string>;
  /** @param entry.id appending the same id again has no effect */
  append(
    tenant: string,
    name: string,
    entry: { readonly id: string; readonly text: string; readonly at: Date; readonly runId: string },
  ): Promise<void>;
}
