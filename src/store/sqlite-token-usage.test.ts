import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';
import { tokenUsageContract } from '../../test/support/store/token-usage-contract.ts';

tokenUsageContract(sqliteHarness);
