import type { CommittedAppend } from './append-queue.ts';
import type { LiveTail } from './live-tail.ts';

interface CommitFeedDeps {
  readonly tail: LiveTail;
  /** What lies in the store after one position and up to another, in order; undefined when that is too much to hand over. */
  readBetween(after: number, upTo: number): Promise<readonly CommittedAppend[] | undefined>;
}

/** Brings the commits of all nodes into the live tail in the order of their positions. */
export interface CommitFeed {
  /** A commit of this node, with what it holds. */
  publishOwn(appends: readonly CommittedAppend[]): void;
  /** Everything up to the position is committed, whoever did it. */
  advanceTo(position: number): void;
  /** The same, and readers may see it at once: they find it in the store. */
  skipTo(position: number): void;
}

/**
 * Own commits are handed over as they come. Before one that follows commits of other nodes, and when it hears of such,
 * the feed reads those from the store: once for all readers, who would otherwise go there one by one.
 */
export function createCommitFeed({ tail, readBetween: between }: CommitFeedDeps): CommitFeed {
  const waiting: (readonly CommittedAppend[])[] = [];
  let newest = tail.head;
  let filling = false;

  /** Hands over what comes next. @returns where the gap ends that keeps it from the rest */
  const handOver = (): number | undefined => {
    for (;;) {
      const next = waiting[0];
      if (!next) return newest > tail.head ? newest : undefined;
      const first = firstPosition(next);
      if (first > tail.head + 1) return first - 1;
      waiting.shift();
      // Otherwise readers have it from the store already.
      if (first === tail.head + 1) tail.publish(next);
    }
  };

  const fill = async () => {
    filling = true;
    for (let end = handOver(); end !== undefined; end = handOver()) {
      const start = tail.head;
      const found = tail.hasReaders ? await between(start, end).catch(() => undefined) : undefined;
      if (tail.head !== start) continue;
      if (found && found.length > 0) tail.publish(found);
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

/** Appends that were committed one by one may have those of other nodes between them. */
function splitContiguous(appends: readonly CommittedAppend[]): (readonly CommittedAppend[])[] {
  const found: CommittedAppend[][] = [];
  let end = Number.NaN;
  for (const append of appends) {
    const follows = append.events[0]?.position === end + 1;
    if (follows) found.at(-1)?.push(append);
    else found.push([append]);
    end = append.events.at(-1)?.position ?? end;
  }
  return found;
}

function firstPosition(appends: readonly CommittedAppend[]): number {
  return (appends[0] as CommittedAppend).events[0]?.position ?? 0;
}
