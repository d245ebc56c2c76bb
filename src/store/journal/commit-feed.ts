import type { CommittedAppend } from './append-queue.ts';
import type { LiveTail } from './live-tail.ts';

interface CommitFeedDeps {
  readonly tail: LiveTail;
  /** The events after one position and up to another, in order; undefined if there are too many to hand over. */
  readBetween(after: number, upTo: number): Promise<readonly CommittedAppend[] | undefined>;
}

/** Publishes the commits of all nodes in the live tail, ordered by position. */
export interface CommitFeed {
  /** A commit of this node, with its appends. */
  publishOwn(appends: readonly CommittedAppend[]): void;
  /** Everything up to the position has been committed, by any node. */
  advanceTo(position: number): void;
  /** The same, and readers may read it from the store at once. */
  skipTo(position: number): void;
}

/**
 * This node's commits are published as they arrive. Commits of other nodes are read from the store when they are announced,
 * or before a commit of this node that follows them: once for all readers, which would otherwise read them one by one.
 */
export function createCommitFeed({ tail, readBetween }: CommitFeedDeps): CommitFeed {
  const waiting: (readonly CommittedAppend[])[] = [];
  let newest = tail.head;
  let filling = false;

  /** Publishes the waiting commits up to the next gap. @returns the last position of the gap */
  const publishWaiting = (): number | undefined => {
    for (;;) {
      const next = waiting[0];
      if (!next) return newest > tail.head ? newest : undefined;
      const first = firstPosition(next);
      if (first > tail.head + 1) return first - 1;
      waiting.shift();
      // Otherwise readers have already read it from the store.
      if (first === tail.head + 1) tail.publish(next);
    }
  };

  const fill = async () => {
    filling = true;
    for (let end = publishWaiting(); end !== undefined; end = publishWaiting()) {
      const start = tail.head;
      const appends = tail.hasReaders ? await readBetween(start, end).catch(() => undefined) : undefined;
      if (tail.head !== start) continue;
      if (appends && appends.length > 0) tail.publish(appends);
      else tail.reset(end);
    }
    filling = false;
  };
  const advance = () => {
    if (!filling) void fill();
  };

  return {
    publishOwn: (appends) => {
      waiting.push(...splitContiguous(appends));
      advance();
    },
    advanceTo: (position) => {
      newest = Math.max(newest, position);
      advance();
    },
    skipTo: (position) => {
      newest = Math.max(newest, position);
      if (position > tail.head) tail.reset(position);
      advance();
    },
  };
}

/** Splits appends into contiguous ones: other nodes may have committed between appends that were committed one by one. */
function splitContiguous(appends: readonly CommittedAppend[]): (readonly CommittedAppend[])[] {
  const groups: CommittedAppend[][] = [];
  let end = Number.NaN;
  for (const append of appends) {
    const follows = append.events[0]?.position === end + 1;
    if (follows) groups.at(-1)?.push(append);
    else groups.push([append]);
    end = append.events.at(-1)?.position ?? end;
  }
  return groups;
}

function firstPosition(appends: readonly CommittedAppend[]): number {
  return (appends[0] as CommittedAppend).events[0]?.position ?? 0;
}
