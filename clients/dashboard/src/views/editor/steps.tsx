import { memo, type ReactNode, Suspense, useMemo } from 'react';
import { loaded } from '../../ui/loaded.tsx';
import { Empty, Skeleton } from '../../ui/notice.tsx';
import { WorkflowSteps } from '../workflows/workflow-steps.tsx';
import styles from './editor.module.css';
import type { EditText } from './edits/read-steps.ts';
import type { Checked } from './use-validation.ts';

/** The library for graphs is loaded after the text is there. */
const TextGraph = loaded(() => import('./text-graph.tsx'), 'TextGraph');

/** More nodes than one can find something in. */
const MAX_GRAPH_STEPS = 300;

type Decisions = NonNullable<Checked['validation']>['decisions'];
type Effect = Decisions[number]['decision']['effect'];

/** The strictest last. */
const EFFECTS: readonly Effect[] = ['ALLOW', 'THROTTLE', 'APPROVE', 'DENY'];

const WORDS: Readonly<Record<Effect, string>> = {
  ALLOW: 'allowed',
  THROTTLE: 'allowed at a limited rate',
  APPROVE: 'needs an approval',
  DENY: 'denied',
};

interface Props {
  readonly checked: Pick<Checked, 'graph' | 'isStale' | 'validation'>;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
  readonly onEdit: EditText;
  /** Why the last edit changed nothing. */
  readonly refused: string | undefined;
  /** What can be done with them. */
  readonly children: ReactNode;
}

/** The steps of the text with what the policy says to each. While the text has none, those of before, greyed. */
export function Steps({
  checked: { graph, isStale, validation },
  selected,
  onSelect,
  onEdit,
  refused,
  children,
}: Props) {
  const decisions = validation?.decisions;
  const notes = useMemo(() => notesOf(decisions ?? []), [decisions]);
  if (!graph) {
    return validation ? (
      <Empty title="No steps yet">
        <p>They appear here when the text is a workflow. See the problems below.</p>
      </Empty>
    ) : (
      <Skeleton rows={6} label="Loading the steps" />
    );
  }
  return (
    <div className={styles.steps} data-stale={isStale || undefined}>
      {isStale && <p role="status">The text has errors. These are the steps from before.</p>}
      {refused && (
        <p role="alert" className={styles.refused}>
          {refused}
        </p>
      )}
      {graph.nodes.length <= MAX_GRAPH_STEPS && (
        <Suspense fallback={<Skeleton rows={6} label="Loading the graph" />}>
          <TextGraph graph={graph} selected={selected} onSelect={onSelect} onEdit={onEdit} />
        </Suspense>
      )}
      <StepList graph={graph} selected={selected} onSelect={onSelect} notes={notes} />
      {children}
    </div>
  );
}

/** It is as long as the workflow, and the same while somebody types in a step. */
const StepList = memo(WorkflowSteps);

/** What the policy says to each step; the strictest, if it says several things. */
function notesOf(decisions: Decisions): ReadonlyMap<string, ReactNode> {
  const bySteps = Map.groupBy(decisions, ({ step }) => step);
  return new Map([...bySteps].map(([step, all]) => [step, <Decision key={step} decisions={all} />]));
}

function Decision({ decisions }: { readonly decisions: Decisions }) {
  const [strictest] = decisions
    .map(({ decision }) => decision)
    .toSorted((a, b) => EFFECTS.indexOf(b.effect) - EFFECTS.indexOf(a.effect));
  if (!strictest) return null;
  return (
    <small className={styles.decision} data-effect={strictest.effect} title={strictest.reason}>
      {WORDS[strictest.effect]}
      {strictest.rule && strictest.effect !== 'ALLOW' && ` by ${strictest.rule.id}`}
    </small>
  );
}
