import type { ReactNode } from 'react';
import type { WorkflowNodeFragment } from '../../api/generated/graphql.ts';
import type { WorkflowGraph } from '../../parts/graph/workflow-graph.ts';
import styles from './workflow-steps.module.css';

interface Props {
  readonly node: WorkflowNodeFragment;
  readonly edges: WorkflowGraph['edges'];
  readonly onSelect: (key: string) => void;
}

/** What one step does, what must end before it, and what waits for it. */
export function StepFacts({ node, edges, onSelect }: Props) {
  const { key, title, kind, does, forEach, undoes, repairs } = node;
  const links = (keys: readonly string[]): ReactNode =>
    keys.length === 0
      ? undefined
      : keys.map((one) => (
          <button key={one} type="button" onClick={() => onSelect(one)}>
            {one}
          </button>
        ));
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['does', does ? `${kind.toLowerCase()} ${does}` : kind.toLowerCase()],
    ['runs', forEach && 'for each item of a list'],
    ['after', links(edges.filter(({ to }) => to === key).map(({ from }) => from)) ?? (!undoes && 'the start')],
    ['before', links(edges.filter(({ from }) => from === key).map(({ to }) => to))],
    ['undoes, when the workflow fails', undoes && links([undoes])],
    ['repeats, when it fails', repairs && links([repairs])],
  ];
  return (
    <section aria-label={`Step ${key}`} className={styles.facts}>
      <h3>
        {key} {title !== key && <small>{title}</small>}
      </h3>
      <dl>
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
}
