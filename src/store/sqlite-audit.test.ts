import { auditContract } from './contract/audit-contract.ts';
import { sqliteHarness } from './contract/sqlite-harness.ts';

auditContract(sqliteHarness);
