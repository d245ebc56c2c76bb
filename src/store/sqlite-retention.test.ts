import { artifactsOnDisk } from '../../test/support/store/artifacts-on-disk.ts';
import { retentionContract } from '../../test/support/store/retention-contract.ts';
import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';

retentionContract(sqliteHarness, artifactsOnDisk);
