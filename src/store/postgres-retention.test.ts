import { artifactsOnDisk } from '../../test/support/store/artifacts-on-disk.ts';
import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { retentionContract } from '../../test/support/store/retention-contract.ts';

await onPostgres((makeHarness) => retentionContract(makeHarness, artifactsOnDisk));
