import { findSecrets, type SecretMatch } from './secret-scan.ts';

/** Contents of the files; the report is in the same order. */
export type ScanRequest = readonly Uint8Array[];
export type ScanReport = readonly (readonly SecretMatch[])[];

/** Runs in a worker, because large files would block the event loop. */
export function run(files: ScanRequest): ScanReport {
  return files.map((bytes) => findSecrets(bytes));
}
