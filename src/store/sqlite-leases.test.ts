import { leasesContract } from './contract/leases-contract.ts';
import { sqliteHarness } from './contract/sqlite-harness.ts';

leasesContract(sqliteHarness);
