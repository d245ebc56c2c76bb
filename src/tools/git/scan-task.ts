import { type FoundSecret, findSecrets } from './secret-scan.ts';

/** For each file, in their order. */
export type ScanOrder = readonly Uint8Array[];
export type ScanReport = readonly (readonly FoundSecret[])[];

/** What a worker does: large files would hold up everybody else. */
export function run(files: ScanOrder): ScanReport {
  return files.map((bytes) => findSecrets(bytes));
}
