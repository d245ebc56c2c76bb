import { Fault } from '../../core/errors.ts';
import type { SignedIn } from '../../core/principal.ts';
import type { ApprovalRecord } from '../../core/run.ts';
import type { Page, PageArgs, TotalCount } from '../../core/store-reader.ts';
import { type DecideApprovalDeps, whyNotDecide } from './decide-approval.ts';
import { scopeFor } from './run-control.ts';

/** Open approvals that one page looks at, and a count. */
const MAX_READ = 500;
const READ_AT_ONCE = 100;
const DEFAULT_PAGE_SIZE = 50;

type Edge = Page<ApprovalRecord>['edges'][number];

/** See `Engine.decidableApprovals`. */
export async function decidableApprovals(
  deps: DecideApprovalDeps,
  principal: SignedIn,
  { first = DEFAULT_PAGE_SIZE, after }: PageArgs,
): Promise<Page<ApprovalRecord>> {
  const { edges, stoppedAt } = await search(deps, principal, after, first + 1);
  const page = edges.slice(0, first);
  const isCut = edges.length > first;
  const endCursor = isCut ? page.at(-1)?.cursor : (stoppedAt ?? page.at(-1)?.cursor);
  let total: Promise<TotalCount> | undefined;
  return {
    edges: page,
    hasNextPage: isCut || stoppedAt !== undefined,
    hasPreviousPage: false,
    startCursor: page[0]?.cursor,
    endCursor,
    totalCount: () => {
      total ??= search(deps, principal, undefined, MAX_READ).then((all) => ({
        count: all.edges.length,
        isExact: all.stoppedAt === undefined,
      }));
      return total;
    },
  };
}

/** @returns `stoppedAt`: where the search stopped before the last open approval, without having found as many */
async function search(
  deps: DecideApprovalDeps,
  principal: SignedIn,
  from: string | undefined,
  wanted: number,
): Promise<{ readonly edges: readonly Edge[]; readonly stoppedAt?: string }> {
  const scope = scopeFor(deps, principal);
  if (!scope) throw new Fault('FORBIDDEN', 'The policy lets your roles see no runs, and no approvals.');
  const edges: Edge[] = [];
  let after = from;
  for (let read = 0; read < MAX_READ; read += READ_AT_ONCE) {
    const page = await deps.reader.approvals(scope, 'OPEN', {
      first: READ_AT_ONCE,
      ...(after !== undefined && { after }),
    });
    const reasons = await Promise.all(page.edges.map(({ node }) => whyNotDecide(deps, principal, node)));
    edges.push(...page.edges.filter((_, i) => reasons[i] === undefined));
    if (!page.hasNextPage || edges.length >= wanted) return { edges };
    after = page.endCursor;
  }
  return { edges, ...(after !== undefined && { stoppedAt: after }) };
}
