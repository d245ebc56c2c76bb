import { Fragment, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { WorkflowPageQuery } from '../../api/generated/graphql.ts';
import { BASE_PATH } from '../../api/page.ts';
import { Copy } from '../../ui/copy.tsx';
import { Time } from '../../ui/time.tsx';
import { pathOfWorkflow } from './paths.ts';
import styles from './workflows.module.css';

const SCHEMES = {
  STANDARD: 'signed as Standard Webhooks',
  GITHUB: 'signed as GitHub does',
  TOKEN: 'with a bearer token',
} as const;

/** Which version this is, what starts it, and which workflows it starts. */
export function WorkflowFacts({ workflow }: { readonly workflow: NonNullable<WorkflowPageQuery['workflow']> }) {
  const { version, createdAt, createdBy, schedule, webhook, parts } = workflow;
  return (
    <dl className={styles.facts}>
      <Fact name="version">
        {version}, saved <Time at={createdAt} /> by {createdBy.username}
      </Fact>
      {schedule && (
        <Fact name="schedule">
          <code>{schedule.cron}</code> {schedule.timeZone}
          {schedule.paused
            ? ', paused'
            : schedule.nextAt && (
                <>
                  , next <Time at={schedule.nextAt} />
                </>
              )}
        </Fact>
      )}
      {webhook && (
        <Fact name="webhook">
          <code>POST {webhook.path}</code>
          <Copy text={`${window.location.origin}${BASE_PATH}${webhook.path}`} label="Copy the address" />
          {SCHEMES[webhook.scheme]}, by {webhook.secrets.join(' or ')}
        </Fact>
      )}
      {parts.length > 0 && (
        <Fact name="starts">
          {parts.map((part, index) => (
            <Fragment key={part.name}>
              {index > 0 && ', '}
              <Link href={`${pathOfWorkflow(part.name)}?version=${part.version}`}>
                {part.name} v{part.version}
              </Link>
            </Fragment>
          ))}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
