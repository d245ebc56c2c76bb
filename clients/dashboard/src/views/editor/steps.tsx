import { lazy, type ReactNode, Suspense } from 'react';
import { Empty, Skeleton } from '../../ui/notice.tsx';
import { WorkflowSteps } from '../workflows/workflow-steps.tsx';
import styles from './editor.module.css';
import type { Checked } from './use-validation.ts';

/** The library for graphs is loaded after the text is there. */
const TextGraph = lazy(() => import('./text-graph.tsx').then((file) => ({ default: file.TextGraph })));

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
  readonly checked: Checked;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
  /** An edge was drawn. */
  readonly onConnect: (from: string, to: string) => void;
  /** An edge was removed. */
  readonly onDisconnect: (from: string, to: string) => void;
  /** Why the last edit changed nothing. */
  readonly refused: string | undefined;
  /** What can be done with them. */
  readonly children: ReactNode;
}

/** The steps of the text with what the policy says to each. While the text has none, those of before, greyed. */
export function Steps({ checked, selected, onSelect, onConnect, onDisconnect, refused, children }: Props) {
  const { graph, isStale, validation } = checked;
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
          <TextGraph
            graph={graph}
            selected={selected}
            onSelect={onSelect}
            onConnect={onConnect}
            onDisconnect={onDisconnect}
          />
        </Suspense>
      )}
      <WorkflowSteps
        graph={graph}
        selected={selected}
        onSelect={onSelect}
        noteOf={(key) => <Decision decisions={validation?.decisions ?? []} step={key} />}
      />
      {children}
    </div>
  );
}

function Decision({ decisions, step }: { readonly decisions: Decisions; readonly step: string }) {
  const ofStep = decisions.filter((one) => one.step === step).map(({ decision }) => decision);
  const strictest = ofStep.toSorted((a, b) => EFFECTS.indexOf(b.effect) - EFFECTS.indexOf(a.effect))[0];
  if (!strictest) return null;
  return (
    <small className={styles.decision} data-effect={strictest.effect} title={strictest.reason}>
      {WORDS[strictest.effect]}
      {strictest.rule && strictest.effect !== 'ALLOW' && ` by ${strictest.rule.id}`}
    </small>
  );
}
