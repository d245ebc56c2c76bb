import { Play } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import { StartWorkflowDocument, type WorkflowSource } from '../../api/generated/graphql.ts';
import { useSend } from '../../api/query.ts';
import { type FormSchema, labelOf, missingOf } from '../../parts/schema-form/schema.ts';
import { type FormValue, SchemaForm } from '../../parts/schema-form/schema-form.tsx';
import { runStarted } from '../../shell/started-runs.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import styles from './workflows.module.css';

interface Props {
  readonly name: string;
  readonly source: WorkflowSource;
  /** Of its inputs. */
  readonly schema: FormSchema;
}

/** Asks for the inputs of a workflow, starts it, and goes to its run. */
export function StartForm({ name, source, schema }: Props) {
  const [, navigate] = useLocation();
  const [value, setValue] = useState<FormValue>({});
  const [showProblems, setShowProblems] = useState(false);
  const { mutate, error, isPending } = useSend(StartWorkflowDocument, (result) => unwrap(result.startRun), [
    'WorkflowRuns',
    'WorkflowList',
  ]);
  const missing = missingOf(schema, value);
  const problems = showProblems
    ? Object.fromEntries(missing.map((one) => [one, `${labelOf(one, schema.properties?.[one] ?? {})} is required.`]))
    : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setShowProblems(true);
    if (missing.length > 0 || isPending) return;
    mutate(
      { input: { source, inputs: value } },
      {
        onSuccess: ({ id }) => {
          runStarted(id, name);
          navigate(`/runs/${id}`);
        },
      },
    );
  };
  const hasInputs = Object.keys(schema.properties ?? {}).length > 0;
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {hasInputs ? (
        <SchemaForm schema={schema} value={value} onChange={setValue} problems={problems} />
      ) : (
        <p>This workflow has no inputs.</p>
      )}
      {error && <ErrorNotice error={error} />}
      <div>
        <Button type="submit" look="primary" may={`workflow:${name}`} on={`workflow:${name}`} busy={isPending}>
          <Play size={13} aria-hidden="true" /> Start
        </Button>
      </div>
    </form>
  );
}
