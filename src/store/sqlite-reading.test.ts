import { tailContract } from '../../test/support/store/reading-contract.ts';
import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';

tailContract(sqliteHarness);
