import { Play } from 'lucide-react';
import { type FormEvent, useDeferredValue, useState } from 'react';
import { useLocation } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import { isFinalRunState } from '../../../../sdk/src/live/index.ts';
import {
  PlayAgentDocument,
  PlayExecuteDocument,
  type PlayExecuteMutation,
  PlayStartDocument,
} from '../../api/generated/graphql.ts';
import { useSend } from '../../api/query.ts';
import { startedRuns } from '../../api/started-runs.ts';
import { labelOf, missingOf } from '../../parts/schema-form/schema.ts';
import { type FormValue, SchemaForm } from '../../parts/schema-form/schema-form.tsx';
import { useKeys } from '../../shell/keys.ts';
import { runStarted } from '../../shell/started-runs.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { AsCode } from './as-code.tsx';
import { Decision } from './decision.tsx';
import { useDraft } from './draft.ts';
import { type PlayItem, requestOf } from './play.ts';
import styles from './playground.module.css';
import { CommandResult } from './result.tsx';

interface Props {
  readonly item: PlayItem;
  /** Values of a draft or of a former run, instead of the initial ones. */
  readonly begin: FormValue | undefined;
}

/** The form of one item, what the policy says to it, its result, and the request as code. */
export function PlayForm({ item, begin }: Props) {
  const [value, setValue] = useState<FormValue>(begin ?? item.initial);
  const [showProblems, setShowProblems] = useState(false);
  const { run, result, error, isPending } = usePlay(item);
  useDraft(value);
  const missing = missingOf(item.schema, value);
  const problems = showProblems
    ? Object.fromEntries(
        missing.map((name) => [name, `${labelOf(name, item.schema.properties?.[name] ?? {})} is required.`]),
      )
    : {};
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (isPending) return;
    setShowProblems(true);
    if (missing.length === 0) run(value);
  };
  useKeys({ 'ctrl+enter': () => submit() });
  return (
    <div className={styles.work}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <header>
          <h2>{item.title}</h2>
          <p>{item.description}</p>
        </header>
        <div className={styles.submit}>
          <Button type="submit" look="primary" busy={isPending} title="ctrl+Enter">
            <Play size={14} aria-hidden="true" /> {isPending ? 'Running…' : 'Run'}
          </Button>
          <Decision item={item} value={useDeferredValue(value)} />
        </div>
        <SchemaForm schema={item.schema} value={value} onChange={setValue} problems={problems} />
      </form>
      <div className={styles.output}>
        {error != null && <ErrorNotice error={error} />}
        {result && <CommandResult outcome={result} />}
        <AsCode request={requestOf(item, value)} />
      </div>
    </div>
  );
}

type Outcome = Extract<PlayExecuteMutation['execute'], { readonly __typename: 'CommandOutcome' }>;

/** A command is answered with its result; what takes longer is watched on its page. */
function usePlay(item: PlayItem) {
  const [, navigate] = useLocation();
  const execute = useSend(PlayExecuteDocument, (result) => unwrap(result.execute));
  const start = useSend(PlayStartDocument, (result) => unwrap(result.startRun));
  const agent = useSend(PlayAgentDocument, (result) => unwrap(result.runAgent));
  const watch = ({ id }: { readonly id: string }) => {
    runStarted(id, item.title);
    navigate(`/runs/${id}`);
  };
  // Its result is not in the answer: a person has to approve it, or it takes longer.
  const follow = (outcome: unknown) => {
    const { id, state } = (outcome as Outcome).run;
    if (!isFinalRunState(state)) startedRuns.add({ id, name: item.title });
  };
  const run = (value: FormValue) => {
    const { mutation, input } = requestOf(item, value);
    // The form made it from the schema of the server, which checks it.
    if (mutation === 'execute') execute.mutate({ input: input as never }, { onSuccess: follow });
    else if (mutation === 'startRun') start.mutate({ input: input as never }, { onSuccess: watch });
    else agent.mutate({ input: input as never }, { onSuccess: watch });
  };
  return {
    run,
    result: execute.data as Outcome | undefined,
    error: execute.error ?? start.error ?? agent.error,
    isPending: execute.isPending || start.isPending || agent.isPending,
  };
}
