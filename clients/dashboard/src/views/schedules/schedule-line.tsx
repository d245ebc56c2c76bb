import { Pause, Play, RotateCw } from 'lucide-react';
import { Link } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import {
  SchedulePauseDocument,
  ScheduleResumeDocument,
  ScheduleRunNowDocument,
  type SchedulesLineFragment,
} from '../../api/generated/graphql.ts';
import { useSend } from '../../api/query.ts';
import { runStarted } from '../../shell/started-runs.tsx';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Time } from '../../ui/time.tsx';
import { pathOfWorkflow } from '../workflows/paths.ts';
import styles from './schedules.module.css';

const OVERLAPS: Readonly<Record<string, string>> = {
  skip: 'skipped while one runs',
  queue: 'waits for the one before',
  allow: 'starts at once',
};

const MISSED: Readonly<Record<string, string>> = { none: 'left out', one: 'one run', all: 'a run for each' };

const failed = (error: Error) => toast(error.message, 'bad');

/** One schedule: when its workflow starts, how its last run ended, and what can be done about it. */
export function ScheduleLine({ schedule }: { readonly schedule: SchedulesLineFragment }) {
  const { workflow, cron, timeZone, overlap, catchUp, principal, paused, nextAt, lastRun } = schedule;
  const { name } = workflow;
  return (
    <tr data-row={name}>
      <td>
        <Link href={pathOfWorkflow(name)}>{name}</Link>
      </td>
      <td>{paused ? <span className={styles.paused}>Paused</span> : nextAt && <Time at={nextAt} />}</td>
      <td>
        {lastRun ? (
          <>
            <StateMark state={lastRun.state} word />{' '}
            <Link href={`/runs/${lastRun.id}`}>
              <Time at={lastRun.createdAt} />
            </Link>
          </>
        ) : (
          'None yet'
        )}
      </td>
      <td>
        <code>{cron}</code> <small>{timeZone}</small>
      </td>
      <td>{OVERLAPS[overlap] ?? overlap}</td>
      <td>{MISSED[catchUp] ?? catchUp}</td>
      <td>{principal.username}</td>
      <td>
        <span className={styles.actions}>
          <PauseButton name={name} paused={paused} />
          <RunButton name={name} />
        </span>
      </td>
    </tr>
  );
}

function PauseButton({ name, paused }: { readonly name: string; readonly paused: boolean }) {
  const pause = useSend(SchedulePauseDocument, (result) => unwrap(result.pauseSchedule), ['Schedules']);
  const resume = useSend(ScheduleResumeDocument, (result) => unwrap(result.resumeSchedule), ['Schedules']);
  const change = () => {
    const { mutate } = paused ? resume : pause;
    const done = paused ? `${name} starts by its schedule again.` : `${name} is paused until somebody resumes it.`;
    mutate({ name }, { onSuccess: () => toast(done, 'good'), onError: failed });
  };
  return (
    <Button
      may={paused ? 'mutation:resumeSchedule' : 'mutation:pauseSchedule'}
      on={`workflow:${name}`}
      busy={pause.isPending || resume.isPending}
      onClick={change}
    >
      {paused ? <Play size={13} aria-hidden="true" /> : <Pause size={13} aria-hidden="true" />}
      {paused ? 'Resume' : 'Pause'} <span className="visually-hidden">{name}</span>
    </Button>
  );
}

function RunButton({ name }: { readonly name: string }) {
  const { mutate, isPending } = useSend(ScheduleRunNowDocument, (result) => unwrap(result.startRun));
  const run = () =>
    mutate(
      { name },
      {
        onSuccess: ({ id }) => runStarted(id, name),
        onError: failed,
      },
    );
  return (
    <Button may={`workflow:${name}`} on={`workflow:${name}`} busy={isPending} onClick={run}>
      <RotateCw size={13} aria-hidden="true" />
      Run now <span className="visually-hidden">{name}</span>
    </Button>
  );
}
