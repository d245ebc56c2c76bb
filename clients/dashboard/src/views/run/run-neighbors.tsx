import { ChevronDown, ChevronUp } from 'lucide-react';
import { useKeys } from '../../shell/keys.ts';
import { Button } from '../../ui/button.tsx';
import { useNeighbors } from './neighbors.ts';

/** Leads to the runs above and below in the list from which the page was opened. */
export function RunNeighbors({ id }: { readonly id: string }) {
  const neighbors = useNeighbors(id);
  useKeys({ '[': () => neighbors?.previous?.(), ']': () => neighbors?.next?.() });
  if (!neighbors) return null;
  const { position, count, previous, next } = neighbors;
  return (
    <>
      <Button
        look="quiet"
        aria-label="Previous run of the list"
        whyNot={previous ? undefined : 'This is the first run of the list.'}
        onClick={previous}
      >
        <ChevronUp size={14} aria-hidden="true" />
      </Button>
      <span>
        {position} of {count}
      </span>
      <Button
        look="quiet"
        aria-label="Next run of the list"
        whyNot={next ? undefined : 'This is the last run of the list.'}
        onClick={next}
      >
        <ChevronDown size={14} aria-hidden="true" />
      </Button>
    </>
  );
}
