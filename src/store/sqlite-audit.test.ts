import { auditContract } from '../../test/support/store/audit-contract.ts';
import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';

auditContract(sqliteHarness);
