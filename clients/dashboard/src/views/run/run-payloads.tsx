import { isFinalRunState, type RunModel } from '../../../../sdk/src/live/index.ts';
import { RunPayloadDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { JsonTree } from '../../parts/payload/json-tree.tsx';
import { Payload } from '../../parts/payload/payload.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import styles from './run.module.css';

/** What went into a run and what came out. */
export function RunPayloads({ run }: { readonly run: RunModel }) {
  const { data, error, refetch } = useRead(RunPayloadDocument, { id: run.id }, { keepFormer: false });
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data?.run) return <Skeleton rows={4} />;
  const { inputs, outputs, resource } = data.run;
  const hasInputs = Object.keys((inputs ?? {}) as object).length > 0;
  return (
    <div className={styles.payloads}>
      <h2>Inputs</h2>
      {hasInputs ? <JsonTree value={inputs} /> : <p>No inputs.</p>}
      <h2>Outputs</h2>
      {outputs.length === 0 && !resource && <p>{emptyOutputs(run)}</p>}
      {outputs.map(({ name, value, resource: stored }) => (
        <section key={name} aria-label={`Output ${name}`}>
          <h3>{name}</h3>
          {stored ? <Payload stored={stored} label={`output ${name}`} /> : <JsonTree value={value} />}
        </section>
      ))}
      {outputs.length === 0 && resource && <Payload stored={resource} label="the output" />}
    </div>
  );
}

function emptyOutputs({ state }: RunModel): string {
  if (state === 'SUCCEEDED') return 'No outputs.';
  return isFinalRunState(state)
    ? 'No outputs: only a run that succeeded has them.'
    : 'Available when the run has succeeded.';
}
