import { leasesContract } from '../../test/support/store/leases-contract.ts';
import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';

leasesContract(sqliteHarness);
