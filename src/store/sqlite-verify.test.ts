import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';
import { verifyContract } from '../../test/support/store/verify-contract.ts';

verifyContract(sqliteHarness);
