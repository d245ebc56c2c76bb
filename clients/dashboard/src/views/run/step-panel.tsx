import { Link } from 'wouter';
import type { RunModel, StepModel } from '../../../../sdk/src/live/index.ts';
import { StepDetailDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { JsonTree } from '../../parts/payload/json-tree.tsx';
import { Payload } from '../../parts/payload/payload.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { StepAgent } from './agent/step-agent.tsx';
import styles from './run.module.css';
import { isSilent } from './run-model.ts';
import { StepActions } from './step-actions.tsx';
import { StepApproval } from './step-approval.tsx';
import { StepAttempts } from './step-attempts.tsx';
import { StepDecision } from './step-decision.tsx';
import { StepItems } from './step-items.tsx';
import { StepLog } from './step-log.tsx';
import { StepTools } from './step-tools.tsx';

const TABS = [
  { value: 'log', label: 'Log' },
  { value: 'agent', label: 'Agent' },
  { value: 'input', label: 'Input' },
  { value: 'output', label: 'Output' },
  { value: 'decision', label: 'Decision' },
  { value: 'tools', label: 'Tools' },
  { value: 'attempts', label: 'Attempts' },
] as const;

type StepTab = (typeof TABS)[number]['value'];

interface Props {
  readonly run: RunModel;
  readonly step: StepModel;
  readonly tab: StepTab;
  readonly onTab: (tab: StepTab) => void;
  readonly onChanged: () => void;
}

function tabsOf(step: StepModel): readonly (typeof TABS)[number][] {
  const absent: readonly StepTab[] = isSilent(step)
    ? ['log', 'agent', 'tools']
    : step.kind === 'AGENT'
      ? []
      : ['agent'];
  return TABS.filter(({ value }) => !absent.includes(value));
}

/** One step: what it does now, its log, and what went in and out of it. What is not open is not read. */
export function StepPanel({ run, step, tab: wanted, onTab, onChanged }: Props) {
  const tabs = tabsOf(step);
  const tab = (tabs.find(({ value }) => value === wanted) ?? tabs[0])?.value ?? 'input';
  return (
    <section className={styles.panel} aria-label={`Step ${step.key}`}>
      <header>
        <h2>
          <StateMark state={step.state} word /> {step.key}
        </h2>
        <StepActions run={run} step={step} onChanged={onChanged} />
      </header>
      <StepApproval step={step} />
      <StepItems run={run} step={step} />
      <Tabs label={`Parts of ${step.key}`} tabs={tabs} value={tab} onChange={onTab}>
        {tab === 'log' && <StepLog key={step.key} runId={run.id} step={step} />}
        {(tab === 'input' || tab === 'output' || tab === 'decision') && (
          <Detail key={`${step.key} ${step.state} ${step.attempt}`} run={run} step={step} tab={tab} />
        )}
        {tab === 'agent' && <StepAgent key={step.key} run={run} step={step} />}
        {tab === 'tools' && <StepTools runId={run.id} step={step} />}
        {tab === 'attempts' && <StepAttempts runId={run.id} step={step} />}
      </Tabs>
    </section>
  );
}

/** It is read again when the step has moved. */
function Detail({ run, step, tab }: Pick<Props, 'run' | 'step' | 'tab'>) {
  const { data, error, refetch } = useRead(StepDetailDocument, { id: run.id, key: step.key }, { keepFormer: false });
  const detail = data?.run?.step;
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!detail) return <Skeleton rows={3} />;
  if (tab === 'decision') return <StepDecision decision={detail.decision} />;
  if (tab === 'input') {
    return (
      <>
        {detail.repair && (
          <p>
            It ran again to repair <b>{detail.repair.step}</b>, round {detail.repair.round}:{' '}
            {detail.repair.error.message}
          </p>
        )}
        {detail.input == null ? <p>No input.</p> : <JsonTree value={detail.input} />}
      </>
    );
  }
  return (
    <>
      {detail.childRun && (
        <p>
          It started <Link href={`/runs/${detail.childRun.id}`}>another run</Link>.
        </p>
      )}
      {detail.worker && <p>Ran on worker {detail.worker}.</p>}
      {detail.resource ? (
        <Payload key={detail.resource.uri} stored={detail.resource} label={`output of ${step.key}`} />
      ) : (
        <p>No output.</p>
      )}
    </>
  );
}
