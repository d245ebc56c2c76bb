import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { WorkflowNodeFragment } from '../../api/generated/graphql.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import styles from './editor.module.css';
import { addDependency, addStep, removeDependency } from './edits/edits.ts';
import type { StepEdit } from './edits/read-steps.ts';
import type { WorkflowSchema } from './schema-at.ts';
import { newStep, stepKindsOf } from './step-kinds.ts';
import { StepPanel } from './step-panel.tsx';
import type { Checked } from './use-validation.ts';

interface Props {
  readonly text: string;
  readonly graph: NonNullable<Checked['graph']>;
  readonly schema: WorkflowSchema | undefined;
  readonly selected: string | undefined;
  /** Changes the text, if the edit does, and selects a step that it has then. */
  readonly onEdit: (edit: StepEdit, selects?: string) => void;
  readonly onShowLine: (line: number) => void;
}

/** What can be done with the steps: each changes only the characters of the text that it is about. */
export function StepEdits({ text, graph, schema, selected, onEdit, onShowLine }: Props) {
  // Compensations are written at the steps that they undo.
  const nodes = graph.nodes.filter(({ undoes }) => undoes === null);
  const step = nodes.find(({ key }) => key === selected);
  const add = (kind: string) => {
    if (!schema) return;
    const created = newStep(
      kind,
      schema,
      nodes.map(({ key }) => key),
    );
    onEdit(addStep(text, step?.key, created), String(created.id));
  };
  return (
    <div className={styles.edits}>
      {step && (
        <Dependencies
          step={step}
          nodes={nodes}
          edges={graph.edges}
          onAdd={(from) => onEdit(addDependency(text, from, step.key), step.key)}
          onRemove={(from) => onEdit(removeDependency(text, from, step.key), step.key)}
        />
      )}
      {selected !== undefined && schema && (
        <StepPanel
          key={selected}
          text={text}
          stepKey={selected}
          schema={schema}
          onEdit={onEdit}
          onShowLine={onShowLine}
        />
      )}
      <AddStep after={step?.key} schema={schema} onAdd={add} />
    </div>
  );
}

interface AddProps {
  readonly after: string | undefined;
  readonly schema: WorkflowSchema | undefined;
  readonly onAdd: (kind: string) => void;
}

function AddStep({ after, schema, onAdd }: AddProps) {
  const kinds = schema ? stepKindsOf(schema) : [];
  const [kind, setKind] = useState('command');
  return (
    <div className={styles.add}>
      <SelectField
        label={after === undefined ? 'Add a step at the end' : `Add a step after ${after}`}
        hint={kinds.find((one) => one.kind === kind)?.description}
        value={kind}
        onChange={({ target }) => setKind(target.value)}
      >
        {kinds.map((one) => (
          <option key={one.kind}>{one.kind}</option>
        ))}
      </SelectField>
      <Button whyNot={schema ? undefined : 'The kinds of steps are loading.'} onClick={() => onAdd(kind)}>
        <Plus size={13} aria-hidden="true" /> Add step
      </Button>
    </div>
  );
}

interface DependencyProps {
  readonly step: WorkflowNodeFragment;
  readonly nodes: readonly WorkflowNodeFragment[];
  readonly edges: NonNullable<Checked['graph']>['edges'];
  readonly onAdd: (from: string) => void;
  readonly onRemove: (from: string) => void;
}

function Dependencies({ step, nodes, edges, onAdd, onRemove }: DependencyProps) {
  const present = edges.filter(({ to }) => to === step.key).map(({ from }) => from);
  const later = stepsAfter(step.key, edges);
  const possible = nodes.map(({ key }) => key).filter((key) => !present.includes(key) && !later.has(key));
  return (
    <section aria-label={`What ${step.key} depends on`} className={styles.dependencies}>
      <h2>{step.key} depends on</h2>
      {present.length === 0 && <p>Nothing: it starts at once.</p>}
      <ul>
        {present.map((from) => (
          <li key={from}>
            {from}
            <button type="button" aria-label={`Do not depend on ${from}`} onClick={() => onRemove(from)}>
              <X size={12} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      {possible.length > 0 && (
        <SelectField label="Add a dependency" value="" onChange={({ target }) => onAdd(target.value)}>
          <option value="" disabled>
            Choose a step
          </option>
          {possible.map((key) => (
            <option key={key}>{key}</option>
          ))}
        </SelectField>
      )}
    </section>
  );
}

/** The step and all that depend on it: it cannot depend on them. */
function stepsAfter(key: string, edges: DependencyProps['edges']): ReadonlySet<string> {
  const found = new Set([key]);
  // A set also goes through what is added to it meanwhile.
  for (const one of found) for (const { from, to } of edges) if (from === one) found.add(to);
  return found;
}
