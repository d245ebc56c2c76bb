import type { ReactNode } from 'react';
import { type Action, useMay } from '../api/may.ts';
import { Empty, Skeleton } from './notice.tsx';

interface Props {
  readonly action: Action;
  /** What the content shows, as it follows "You may not see". */
  readonly what: string;
  readonly children: ReactNode;
}

/** Its content for those who may see it. Others read which rule forbids it, and the server is not asked for what it would refuse. */
export function IfMay({ action, what, children }: Props) {
  const { allowed, isKnown, why } = useMay(action);
  if (!isKnown) return <Skeleton rows={6} />;
  if (allowed) return children;
  return (
    <Empty title={`You may not see ${what}`}>
      <p>{why}</p>
    </Empty>
  );
}
