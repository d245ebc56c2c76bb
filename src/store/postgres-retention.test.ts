import { artifactsOnDisk } from '../../test/artifacts-on-disk.ts';
import { onPostgres } from '../../test/on-postgres.ts';
import { retentionContract } from './contract/retention-contract.ts';

await onPostgres((makeHarness) => retentionContract(makeHarness, artifactsOnDisk));
