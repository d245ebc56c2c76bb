import { findSecrets, type SecretMatch } from './secret-scan.ts';

/** For each file, in their order. */
export type ScanRequest = readonly Uint8Array[];
export type ScanReport = readonly (readonly SecretMatch[])[];

/** What a worker does: large files would hold up everybody else. */
export function run(files: ScanRequest): ScanReport {
  return files.map((bytes) => findSecrets(bytes));
}
