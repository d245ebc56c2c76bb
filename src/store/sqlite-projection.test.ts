import { projectionContract } from '../../test/support/store/projection-contract.ts';
import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';

projectionContract(sqliteHarness);
