/** Between two looks at what nobody uses: what another process did may not have been noticed. */
const IDLE_MS = 30_000;

/** Whether something that is looked at regularly may have changed, so that what nobody uses costs a database nothing. */
export interface IdleWatch {
  /** @returns false while nothing was in use at the last look, and the journal has not moved since */
  mustLook(): Promise<boolean>;
  /** What the look has found. */
  looked(inUse: boolean): void;
  /** Something is in use from now on. */
  wake(): void;
}

/** @param head of the journal, without asking the database */
export function createIdleWatch(head: () => Promise<number>): IdleWatch {
  let isIdle = false;
  let seenHead = -1;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    async mustLook() {
      const now = performance.now();
      const newest = await head();
      if (isIdle && newest === seenHead && now - lookedAt < IDLE_MS) return false;
      [seenHead, lookedAt] = [newest, now];
      return true;
    },
    looked(inUse) {
      isIdle = !inUse;
    },
    wake() {
      isIdle = false;
    },
  };
}
