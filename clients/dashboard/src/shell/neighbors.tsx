import { ChevronDown, ChevronUp } from 'lucide-react';
import { useLocation } from 'wouter';
import { Button } from '../ui/button.tsx';
import { useKeys } from './keys.ts';
import { rememberedList } from './remembered-list.ts';

interface Props {
  /** What the list is of, in the singular. */
  readonly of: string;
  readonly list: readonly string[];
  readonly current: string;
  readonly onOpen: (neighbor: string) => void;
}

/** Leads to what is above and below in a list, also by `[` and `]`. Nothing for what the list does not have. */
export function Neighbors({ of, list, current, onOpen }: Props) {
  const index = list.indexOf(current);
  const [previous, next] = index < 0 ? [] : [list[index - 1], list[index + 1]];
  const open = (one: string | undefined) => one !== undefined && onOpen(one);
  useKeys({ '[': () => open(previous), ']': () => open(next) });
  if (index < 0) return null;
  return (
    <>
      <Button
        look="quiet"
        aria-label={`Previous ${of} of the list`}
        whyNot={previous === undefined ? `This is the first ${of} of the list.` : undefined}
        onClick={() => open(previous)}
      >
        <ChevronUp size={14} aria-hidden="true" />
      </Button>
      <span>
        {index + 1} of {list.length}
      </span>
      <Button
        look="quiet"
        aria-label={`Next ${of} of the list`}
        whyNot={next === undefined ? `This is the last ${of} of the list.` : undefined}
        onClick={() => open(next)}
      >
        <ChevronDown size={14} aria-hidden="true" />
      </Button>
    </>
  );
}

/** The neighbors of a page in the list that was shown last. */
export function PageNeighbors({ of, path }: { readonly of: string; readonly path: string }) {
  const [, navigate] = useLocation();
  return <Neighbors of={of} list={rememberedList()} current={path} onOpen={(neighbor) => navigate(neighbor)} />;
}
