import stringWidth from 'string-width';
import type { StepState } from '../../../sdk/src/generated/graphql.ts';
import { isFinalStepState, type RunModel, type StepModel } from '../../../sdk/src/live/index.ts';
import { sanitize } from '../output/sanitize.ts';
import { cut } from '../output/table.ts';
import { formatDuration } from '../output/time.ts';
import { wrap } from '../output/wrap.ts';

/** What a line is about; it decides the color. */
export type LineTone = 'ok' | 'failed' | 'active' | 'waiting' | 'quiet';

export interface TreeLine {
  readonly text: string;
  readonly tone: LineTone;
}

export interface TreeOptions {
  /** Cells of a line at most. */
  readonly columns: number;
  /** Lines at most. Default: as many as there are. */
  readonly rows?: number;
  readonly now: Date;
  /** The last lines of the log of a step, shown where it failed. */
  readonly logOf: (step: string) => readonly string[];
}

/** The word of each state, so that color is never all that tells them apart. */
const MARKS: Readonly<Record<LineTone, string>> = { ok: 'ok', failed: 'x', active: '*', waiting: '~', quiet: '.' };
const BAR_CELLS = 10;
/** In front of each line of a step. */
const BRANCH_CELLS = 3;

/**
 * A run as lines: its head of one or two, and a line for each step. If they are more than `rows`, steps that have completed and steps that have not begun are
 * counted in one line each; then those that run. Steps that failed stay, with the end of their log.
 */
export function treeLines(
  model: RunModel,
  { columns, rows = Number.POSITIVE_INFINITY, now, logOf }: TreeOptions,
): TreeLine[] {
  const head = headOf(model, now, columns);
  const groups = [...model.steps.values()].map((step) => ({
    step,
    lines: stepLines(model, step, { columns, now, logOf }),
  }));
  const room = rows - head.length;
  const hidden = new Map<LineTone, number>();
  let kept = groups;
  const size = () => kept.reduce((sum, { lines }) => sum + lines.length, 0) + hidden.size;
  for (const tone of ['ok', 'quiet', 'active', 'waiting', 'failed'] as const) {
    // One that is hidden saves no line: a line counts it.
    if (kept.filter(({ lines }) => lines[0]?.tone === tone).length < 2) continue;
    // From the first on: the newest are what somebody looks at.
    for (let at = 0; size() > room && at < kept.length; ) {
      if (kept[at]?.lines[0]?.tone !== tone) at += 1;
      else {
        hidden.set(tone, (hidden.get(tone) ?? 0) + 1);
        kept = kept.toSpliced(at, 1);
      }
    }
  }
  const counted = [...hidden].map(
    ([tone, count]): TreeLine => ({ text: `${MARKS[tone]} ${count} ${HIDDEN[tone]}`, tone }),
  );
  const branches = [...kept.map(({ lines }) => lines), ...counted.map((line) => [line])];
  const lines = branches.flatMap((branch, at) => {
    const isLast = at === branches.length - 1;
    return branch.map(({ text, tone }, n) => ({
      text: `${n > 0 ? (isLast ? '   ' : '|  ') : isLast ? "'- " : '|- '}${text}`,
      tone,
    }));
  });
  return [...head, ...lines].slice(0, Math.max(1, rows)).map(({ text, tone }) => ({
    text: cut(
      sanitize(text)
        .replace(/[\t\n]+/g, ' ')
        .trimEnd(),
      columns,
    ),
    tone,
  }));
}

const HIDDEN: Readonly<Record<LineTone, string>> = {
  ok: 'more completed',
  quiet: 'more to come',
  active: 'more running',
  waiting: 'more waiting',
  failed: 'more failed',
};

/** The run on one line, or its ID and below it the rest. */
function headOf(
  { id, state, workflow, goal, error, createdAt, startedAt, finishedAt }: RunModel,
  now: Date,
  columns: number,
): readonly TreeLine[] {
  const tone = state === 'SUCCEEDED' ? 'ok' : finishedAt ? 'failed' : state === 'RUNNING' ? 'active' : 'waiting';
  const begun = Date.parse(startedAt ?? createdAt);
  const took = formatDuration((finishedAt ? Date.parse(finishedAt) : now.getTime()) - begun);
  const failure = error ? [error.code, error.message] : [];
  const name = workflow ?? goal ?? '';
  const first = `${MARKS[tone]} ${id}`;
  const isNarrow = stringWidth([first, name, state, took].join('  ')) > columns;
  const parts = isNarrow ? [state, took, name, ...failure] : [name, state, took, ...failure];
  const rest = parts.filter(Boolean).join('  ');
  const lines = isNarrow ? [first, `  ${rest}`] : [`${first}  ${rest}`];
  return lines.map((text) => ({ text, tone }));
}

function stepLines(run: RunModel, step: StepModel, { columns, now, logOf }: TreeOptions): readonly TreeLine[] {
  const tone = toneOf(step.state);
  const parts = [`${MARKS[tone]} ${step.key}`];
  if (step.maxAttempts > 1 && step.attempt > 0) parts.push(`${step.attempt}/${step.maxAttempts}`);
  const bar = barOf(step);
  if (bar !== undefined) parts.push(bar);
  const took = tookOf(step, now);
  if (took !== undefined) parts.push(took);
  if (step.undoes) parts.push(`undoes ${step.undoes}`);
  if (step.repair) parts.push(`again for ${step.repair.step}`);
  const says = saysOf(run, step, now);
  if (says !== undefined) parts.push(says);
  if (!run.finishedAt && step.approval?.state === 'OPEN')
    return approvalLines(parts.join('  '), step.approval.id, columns);
  const log = tone === 'failed' ? logOf(step.key).map((text): TreeLine => ({ text, tone: 'quiet' })) : [];
  return [{ text: parts.join('  '), tone }, ...log];
}

/** The command that approves, below what waits for it where both do not fit on a line. */
function approvalLines(text: string, id: string, columns: number): readonly TreeLine[] {
  const command = `signalbox approve ${id}`;
  const line = `${text} ${command}`;
  const lines =
    BRANCH_CELLS + stringWidth(line) > columns ? [text, ...wrap(command, columns - BRANCH_CELLS).split('\n')] : [line];
  return lines.map((text) => ({ text, tone: 'waiting' }));
}

function toneOf(state: StepState): LineTone {
  if (state === 'SUCCEEDED' || state === 'SKIPPED') return 'ok';
  if (isFinalStepState(state) || state === 'FAILED_RETRYABLE') return 'failed';
  if (state === 'WAITING') return 'waiting';
  return state === 'RUNNING' || state === 'DISPATCHED' ? 'active' : 'quiet';
}

function barOf({ itemCounts, progress, state }: StepModel): string | undefined {
  const counts = Object.entries(itemCounts);
  if (counts.length > 0) {
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    const ended = counts.filter(([name]) => isFinalStepState(name as StepState));
    const done = ended.reduce((sum, [, count]) => sum + count, 0);
    const failed = done - (itemCounts.SUCCEEDED ?? 0) - (itemCounts.SKIPPED ?? 0);
    return `${bar(done / total)}  ${done}/${total}${failed > 0 ? `, ${failed} failed` : ''}`;
  }
  return progress?.percent == null || isFinalStepState(state)
    ? undefined
    : `${bar(progress.percent / 100)}  ${progress.percent}%`;
}

function bar(share: number): string {
  const full = Math.round(Math.max(0, Math.min(1, share)) * BAR_CELLS);
  return '='.repeat(full) + '-'.repeat(BAR_CELLS - full);
}

function tookOf({ startedAt, finishedAt }: StepModel, now: Date): string | undefined {
  return startedAt
    ? formatDuration((finishedAt ? Date.parse(finishedAt) : now.getTime()) - Date.parse(startedAt))
    : undefined;
}

/** Why it is as it is: its error, what it waits for, what it is doing. */
function saysOf(run: RunModel, { state, error, approval, wakeAt, progress }: StepModel, now: Date): string | undefined {
  if (error) return `${error.code} ${error.message}`;
  if (state === 'SKIPPED' || state === 'CANCELLED') return state.toLowerCase();
  if (isFinalStepState(state)) return undefined;
  if (state !== 'WAITING') return progress?.memo ?? undefined;
  if (approval?.state === 'OPEN' && !run.finishedAt) {
    const who = approval.roles.length > 0 ? ` for ${approval.roles.join(' or ')}` : ' for approval';
    return `waits${who}:`;
  }
  return wakeAt ? `waits ${formatDuration(Math.max(0, Date.parse(wakeAt) - now.getTime()))} more` : 'waits';
}
