import { artifactsOnDisk } from '../../test/support/store/artifacts-on-disk.ts';
import { retentionContract } from './contract/retention-contract.ts';
import { sqliteHarness } from './contract/sqlite-harness.ts';

retentionContract(sqliteHarness, artifactsOnDisk);
