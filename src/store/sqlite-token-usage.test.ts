import { sqliteHarness } from './contract/sqlite-harness.ts';
import { tokenUsageContract } from './contract/token-usage-contract.ts';

tokenUsageContract(sqliteHarness);
