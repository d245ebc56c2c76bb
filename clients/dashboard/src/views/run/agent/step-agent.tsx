import { Suspense } from 'react';
import { Link } from 'wouter';
import { isFinalRunState, isFinalStepState, type RunModel, type StepModel } from '../../../../../sdk/src/live/index.ts';
import { RunFactsDocument } from '../../../api/generated/graphql.ts';
import { useRead } from '../../../api/query.ts';
import { useSettings } from '../../../api/settings.ts';
import { loaded } from '../../../ui/loaded.tsx';
import { ErrorNotice, Skeleton } from '../../../ui/notice.tsx';
import { clockText, countText } from '../../../ui/time-text.ts';
import { ToolCall } from '../tool-call.tsx';
import styles from './agent.module.css';
import type { AgentEntry } from './agent-talk.ts';
import { useAgentTalk } from './use-agent-talk.ts';

const Markdown = loaded(() => import('../../../parts/payload/markdown.tsx'), 'Markdown');

const USAGE_EVERY_MS = 10_000;

/** What an agent says and does, as it does it: messages, the tools that it calls, and the tokens that it uses. */
export function StepAgent({ run, step }: { readonly run: RunModel; readonly step: StepModel }) {
  const { data: talk, error, refresh } = useAgentTalk(run.id, step.key);
  const isEnded = isFinalStepState(step.state);
  if (error) return <ErrorNotice error={error} retry={refresh} />;
  if (!talk) return <Skeleton rows={5} label="Loading what the agent said" />;
  const { entries, writing, usage } = talk;
  if (entries.length === 0 && writing === '') return <p>No messages{isEnded ? '' : ' yet'}.</p>;
  return (
    <Suspense fallback={<Skeleton rows={5} />}>
      <Tokens run={run} usage={usage} />
      <ol className={styles.talk} aria-label="What the agent said and did">
        {entries.map((entry) => (
          <Entry key={entry.seq} entry={entry} />
        ))}
        {writing !== '' && (
          <li className={styles.message}>
            <p className={styles.by}>
              <b>assistant</b> {!isEnded && 'writes'}
            </p>
            <Markdown text={writing} />
          </li>
        )}
      </ol>
    </Suspense>
  );
}

interface TokensProps {
  readonly run: RunModel;
  readonly usage: { readonly input: number; readonly output: number };
}

/** Of this step, and of the whole run against its ceiling. */
function Tokens({ run, usage }: TokensProps) {
  const isFinal = isFinalRunState(run.state);
  const { data } = useRead(RunFactsDocument, { id: run.id }, isFinal ? {} : { everyMs: USAGE_EVERY_MS });
  const own = usage.input + usage.output;
  const read = data?.run?.usage;
  const used = read ? read.input + read.output : 0;
  // It was read before the last message came, and is read again.
  const ofRun = used >= own ? read : undefined;
  if (own + used === 0) return null;
  return (
    <p className={styles.tokens}>
      This step: {countText(usage.input)} tokens in, {countText(usage.output)} out.
      {ofRun && ` The run: ${countText(used)}${ofRun.limit == null ? '' : ` of ${countText(ofRun.limit)}`} tokens. `}
      {ofRun?.limit != null && <meter min={0} max={ofRun.limit} value={used} aria-label="Tokens of the run" />}
    </p>
  );
}

function Entry({ entry }: { readonly entry: AgentEntry }) {
  const { zone } = useSettings();
  if (entry.kind === 'call') return <Call entry={entry} />;
  const { role, text, at, usage } = entry;
  const by = (
    <>
      <b>{role}</b> <time dateTime={at}>{clockText(at, zone)}</time>
      {usage && (
        <span>
          {countText(usage.input)} tokens in, {countText(usage.output)} out
        </span>
      )}
    </>
  );
  if (role === 'system') {
    return (
      <li className={styles.message}>
        <details>
          <summary className={styles.by}>{by}</summary>
          <Markdown text={text} />
        </details>
      </li>
    );
  }
  return (
    <li className={styles.message}>
      <p className={styles.by}>{by}</p>
      {text !== '' && <Markdown text={text} />}
    </li>
  );
}

function Call({ entry }: { readonly entry: Extract<AgentEntry, { readonly kind: 'call' }> }) {
  const { call, approval } = entry;
  const waits = approval?.state === 'OPEN';
  return (
    <li className={styles.call}>
      <ToolCall call={call} note={waits ? 'waits for an approval' : undefined} />
      {waits && <Link href={`/approvals/${approval.id}`}>Review and decide</Link>}
      {approval && !waits && <span>{approval.state.toLowerCase()}</span>}
    </li>
  );
}
