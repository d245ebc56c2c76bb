import { sqliteHarness } from './contract/sqlite-harness.ts';
import { verifyContract } from './contract/verify-contract.ts';

verifyContract(sqliteHarness);
