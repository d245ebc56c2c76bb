import { Fragment, type ReactNode } from 'react';
import { Link } from 'wouter';
import { isFinalRunState, type RunModel } from '../../../../sdk/src/live/index.ts';
import { RunFactsDocument, RunVerificationDocument } from '../../api/generated/graphql.ts';
import { useRead, useSend } from '../../api/query.ts';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Duration, Time } from '../../ui/time.tsx';
import { countText } from '../../ui/time-text.ts';
import styles from './run.module.css';

/** Who, when, how long, where from; and on request whether the record of the run is as it was written. */
export function RunFacts({ run }: { readonly run: RunModel }) {
  const isFinal = isFinalRunState(run.state);
  const { data } = useRead(RunFactsDocument, { id: run.id });
  const facts = data?.run;
  const good = facts?.reruns.nodes.find(({ state }) => state === 'SUCCEEDED');
  const items: (readonly [string, ReactNode])[] = [
    [isFinal ? 'took' : 'for', <Duration key="took" from={run.startedAt ?? run.createdAt} to={run.finishedAt} />],
    ['started', <Time key="at" at={run.createdAt} />],
    ...(facts ? ([['by', facts.principal.username]] as const) : []),
    ...(facts?.workflowVersion ? ([['version', `${facts.workflowVersion}`]] as const) : []),
    ...(facts?.parent
      ? ([
          ['part of', <RunLink key="parent" id={facts.parent.id} name={facts.parent.workflow ?? facts.parent.goal} />],
        ] as const)
      : []),
    ...(facts?.rerunOf
      ? ([
          [
            'repeats',
            <Fragment key="rerunOf">
              <RunLink id={facts.rerunOf.id} name={undefined} />,{' '}
              <Link href={`/compare/${facts.rerunOf.id}/${run.id}`}>compare with it</Link>
            </Fragment>,
          ],
        ] as const)
      : []),
    ...(facts?.usage
      ? ([
          [
            'tokens',
            `${countText(facts.usage.input + facts.usage.output)}${facts.usage.limit === null ? '' : ` of ${countText(facts.usage.limit)}`}`,
          ],
        ] as const)
      : []),
    ...labelsOf(facts?.labels),
    ...(isFinal ? ([['record', <Verification key={`${run.id} ${run.finishedAt}`} runId={run.id} />]] as const) : []),
  ];
  return (
    <>
      <dl className={styles.facts}>
        {items.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt className="visually-hidden">ID</dt>
          <dd>
            <code>{run.id}</code> <Copy text={run.id} label="Copy the ID" />
          </dd>
        </div>
      </dl>
      {run.state !== 'SUCCEEDED' && good && (
        <p>
          <StateMark state="SUCCEEDED" /> It was run again, and succeeded: <RunLink id={good.id} name={undefined} />
        </p>
      )}
      {facts?.waitsFor && !isFinal && run.state !== 'RUNNING' && (
        <p>
          Waits because its workflow limits its runs ({facts.waitsFor.reason.toLowerCase()}
          {facts.waitsFor.key && `, ${facts.waitsFor.key}`}): {facts.waitsFor.ahead} before it.
        </p>
      )}
    </>
  );
}

/** The server reads all of the run for it, so it is asked only when somebody wants to know. */
function Verification({ runId }: { readonly runId: string }) {
  const { mutate, data, error, isPending } = useSend(RunVerificationDocument, ({ verifyRun }) => verifyRun);
  return (
    <>
      <span role="status">
        {data && (data.valid ? 'verified' : <b>changed after it was written</b>)}
        {error && <b>{error.message}</b>}
      </span>{' '}
      <Button look="quiet" busy={isPending} onClick={() => mutate({ id: runId })}>
        {isPending ? 'Verifying…' : data || error ? 'Verify again' : 'Verify'}
      </Button>
    </>
  );
}

function RunLink({ id, name }: { readonly id: string; readonly name: string | null | undefined }) {
  return <Link href={`/runs/${id}`}>{name ?? `${id.slice(0, 12)}…`}</Link>;
}

function labelsOf(labels: unknown): (readonly [string, ReactNode])[] {
  return Object.entries((labels ?? {}) as Readonly<Record<string, unknown>>).map(
    ([name, value]) => [name, <Fragment key={name}>{String(value)}</Fragment>] as const,
  );
}
