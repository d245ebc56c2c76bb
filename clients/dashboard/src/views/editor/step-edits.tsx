import { Plus, X } from 'lucide-react';
import { memo, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import styles from './editor.module.css';
import { addDependency, addStep, removeDependency } from './edits/edits.ts';
import type { EditText } from './edits/read-steps.ts';
import type { WorkflowSchema } from './schema-at.ts';
import { newStep, stepKindsOf } from './step-kinds.ts';
import { StepPanel } from './step-panel.tsx';
import type { Checked } from './use-validation.ts';

interface Props {
  readonly text: string;
  readonly graph: NonNullable<Checked['graph']>;
  readonly schema: WorkflowSchema | undefined;
  /** The step that the cursor is in, and its first line. */
  readonly selected: { readonly key: string; readonly line: number | null } | undefined;
  readonly onEdit: EditText;
  readonly onShowLine: (line: number) => void;
}

/** What can be done with the steps: each changes only the characters of the text that it is about. */
export function StepEdits({ text, graph, schema, selected, onEdit, onShowLine }: Props) {
  // Compensations are written at the steps that they undo.
  const nodes = stepsOf(graph);
  const step = nodes.find(({ key }) => key === selected?.key);
  const add = (kind: string) => {
    if (!schema) return;
    const created = newStep(
      kind,
      schema,
      nodes.map(({ key }) => key),
    );
    onEdit((text) => addStep(text, step?.key, created), String(created.id));
  };
  return (
    <div className={styles.edits}>
      {step && <Dependencies stepKey={step.key} graph={graph} onEdit={onEdit} />}
      {selected && schema && (
        <StepPanel
          key={selected.line}
          text={text}
          stepKey={selected.key}
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
  readonly stepKey: string;
  readonly graph: Props['graph'];
  readonly onEdit: EditText;
}

const stepsOf = ({ nodes }: Props['graph']) => nodes.filter(({ undoes }) => undoes === null);

/** It has each step as a choice, and is the same while somebody types. */
const Dependencies = memo(function Dependencies({ stepKey, graph, onEdit }: DependencyProps) {
  const { edges } = graph;
  const present = edges.filter(({ to }) => to === stepKey).map(({ from }) => from);
  const later = stepsAfter(stepKey, edges);
  const possible = stepsOf(graph)
    .map(({ key }) => key)
    .filter((key) => !present.includes(key) && !later.has(key));
  return (
    <section aria-label={`What ${stepKey} depends on`} className={styles.dependencies}>
      <h2>{stepKey} depends on</h2>
      {present.length === 0 && <p>Nothing: it starts at once.</p>}
      <ul>
        {present.map((from) => (
          <li key={from}>
            {from}
            <button
              type="button"
              aria-label={`Do not depend on ${from}`}
              onClick={() => onEdit((text) => removeDependency(text, from, stepKey), stepKey)}
            >
              <X size={12} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      {possible.length > 0 && (
        <SelectField
          label="Add a dependency"
          value=""
          onChange={({ target: { value } }) => onEdit((text) => addDependency(text, value, stepKey), stepKey)}
        >
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
});

/** The step and all that depend on it: it cannot depend on them. */
function stepsAfter(key: string, edges: Props['graph']['edges']): ReadonlySet<string> {
  const found = new Set([key]);
  const after = Map.groupBy(edges, ({ from }) => from);
  // A set also goes through what is added to it meanwhile.
  for (const one of found) for (const { to } of after.get(one) ?? []) found.add(to);
  return found;
}
