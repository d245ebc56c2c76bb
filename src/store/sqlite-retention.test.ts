import { artifactsOnDisk } from '../../test/artifacts-on-disk.ts';
import { retentionContract } from './contract/retention-contract.ts';
import { sqliteHarness } from './contract/sqlite-harness.ts';

retentionContract(sqliteHarness, artifactsOnDisk);
