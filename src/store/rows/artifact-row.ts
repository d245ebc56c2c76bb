import type { ArtifactRecord } from '../../core/run.ts';
import type { RunIdentity } from './run-row.ts';

/** A row of `artifacts`, as it is written. When it is read, times may be Dates and sizes bigints. */
export interface ArtifactRow<Time = number, Long = number> {
  readonly id: string;
  readonly tenant: string;
  readonly subject: string;
  readonly runId: string;
  readonly step: string | null;
  readonly digest: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: Long;
  readonly createdAt: Time;
}

export function toArtifactRow(artifact: ArtifactRecord, { tenant, subject }: RunIdentity): ArtifactRow {
  return {
    id: artifact.id,
    tenant,
    subject,
    runId: artifact.runId,
    step: artifact.step ?? null,
    digest: artifact.digest,
    name: artifact.name,
    mediaType: artifact.mediaType,
    size: artifact.size,
    createdAt: artifact.createdAt.getTime(),
  };
}

export function toArtifactRecord(row: ArtifactRow<Date | number, bigint | number>): ArtifactRecord {
  return {
    id: row.id,
    digest: row.digest,
    name: row.name,
    mediaType: row.mediaType,
    size: Number(row.size),
    runId: row.runId,
    ...(row.step !== null && { step: row.step }),
    createdAt: new Date(row.createdAt),
  };
}
