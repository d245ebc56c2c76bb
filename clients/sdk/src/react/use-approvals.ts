import {
  type ApprovalPartsFragment,
  type ApprovalState,
  ApprovalsDocument,
  LiveApprovalsDocument,
} from '../generated/graphql.ts';
import { nextPage } from '../resources/lists.ts';
import type { Live, LiveClient, Session } from './live-store.ts';
import { useLive } from './use-live.ts';

export interface ApprovalList {
  /** Newest first. */
  readonly approvals: readonly ApprovalPartsFragment[];
  readonly hasMore: boolean;
  /** Adds the next page, unless it is being read. */
  readonly loadMore: () => void;
}

export interface ApprovalListOptions {
  readonly state?: ApprovalState;
  /** Only those that you may decide now. */
  readonly mine?: boolean;
}

/** Approvals as they are requested and decided. */
export function useApprovals(client: LiveClient, options: ApprovalListOptions = {}): Live<ApprovalList> {
  return useLive<ApprovalList>(client, ['approvals', options], (session) => followApprovals(session, options));
}

function followApprovals({ client, signal, persist, show }: Session<ApprovalList>, options: ApprovalListOptions) {
  const { state, mine } = options;
  /** By ID, in the order in which they are shown. */
  let approvals = new Map<string, ApprovalPartsFragment>();
  /** Where the next page begins; undefined while it is being read, and after the last. */
  let end: string | undefined;

  const publish = () => show({ approvals: [...approvals.values()], hasMore: end !== undefined, loadMore });

  async function read(after?: string) {
    const { approvals: page } = await client.request(ApprovalsDocument, { ...options, after }, { signal });
    end = nextPage(page);
    for (const approval of page.nodes) approvals.set(approval.id, approval);
    publish();
  }

  function loadMore() {
    if (end === undefined) return;
    const after = end;
    end = undefined;
    persist(() => read(after));
  }

  function apply(approval: ApprovalPartsFragment) {
    const isShown = (!state || approval.state === state) && (!mine || approval.mayDecide);
    if (!isShown) approvals.delete(approval.id);
    else if (approvals.has(approval.id)) approvals.set(approval.id, approval);
    else approvals = new Map([[approval.id, approval], ...approvals]);
  }

  persist(async ({ onInterrupted, onCurrent }) => {
    let isRead = false;
    // The first result is empty and says from where on events follow. What is read after it misses none.
    for await (const { events } of client.subscribe(LiveApprovalsDocument, {}, { signal, onInterrupted })) {
      if (!isRead) {
        approvals = new Map();
        await read();
        isRead = true;
      }
      for (const event of events.events) if ('approval' in event) apply(event.approval);
      onCurrent();
      if (events.events.length > 0) publish();
    }
  });
}
