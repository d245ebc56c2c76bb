import { useState } from 'react';
import { useLocation } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import { isFinalRunState, type RunModel, type StepModel } from '../../../../sdk/src/live/index.ts';
import { RerunFromStepDocument, RetryOneStepDocument, RunPayloadDocument } from '../../api/generated/graphql.ts';
import { useRead, useSend } from '../../api/query.ts';
import { startedRuns } from '../../api/started-runs.ts';
import { JsonField } from '../../parts/schema-form/json-field.tsx';
import { runStarted } from '../../shell/started-runs.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { isRetryable, stepsFrom, titleOf } from './run-model.ts';

interface Props {
  readonly run: RunModel;
  readonly step: StepModel;
  readonly onChanged: () => void;
}

/** Retry: this run, the failed step. Rerun from here: a new run that keeps the results of the steps before. */
export function StepActions({ run, step, onChanged }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { mutate, error, isPending } = useSend(RetryOneStepDocument, (result) => unwrap(result.retryStep));
  const retry = () =>
    mutate(
      { input: { runId: run.id, step: step.key } },
      {
        onSuccess: () => {
          startedRuns.add({ id: run.id, name: titleOf(run) });
          onChanged();
        },
      },
    );
  return (
    <>
      {isRetryable(run, step) && (
        <Button look="primary" may="mutation:retryStep" busy={isPending} onClick={retry}>
          Retry
        </Button>
      )}
      {isFinalRunState(run.state) && run.kind === 'WORKFLOW' && (
        <Button may="mutation:rerunFrom" onClick={() => setOpen(true)}>
          Rerun from here…
        </Button>
      )}
      {error && <ErrorNotice error={error} />}
      {isOpen && <RerunDialog run={run} step={step} onClose={() => setOpen(false)} />}
    </>
  );
}

function RerunDialog({ run, step, onClose }: Pick<Props, 'run' | 'step'> & { readonly onClose: () => void }) {
  const [, navigate] = useLocation();
  const { data } = useRead(RunPayloadDocument, { id: run.id });
  const [inputs, setInputs] = useState<{ readonly value: unknown }>();
  const { mutate, error, isPending } = useSend(RerunFromStepDocument, (result) => unwrap(result.rerunFrom));
  const again = stepsFrom(run, step.key).size;
  const rerun = () =>
    mutate(
      { input: { runId: run.id, step: step.key, ...(inputs && { inputs: inputs.value }) } },
      {
        onSuccess: ({ id }) => {
          runStarted(id, titleOf(run));
          onClose();
          navigate(`/runs/${id}`);
        },
      },
    );
  return (
    <Dialog
      title={`Rerun from ${step.key}?`}
      onClose={onClose}
      actions={
        <Button look="primary" busy={isPending} onClick={rerun}>
          Rerun
        </Button>
      }
    >
      <p>
        A new run does {again} of {run.steps.size} steps again, and keeps the results of the others.
      </p>
      {data?.run ? (
        <JsonField label="Inputs" value={data.run.inputs} onChange={(value) => setInputs({ value })} />
      ) : (
        <Skeleton rows={2} />
      )}
      {error && <ErrorNotice error={error} />}
    </Dialog>
  );
}
