import { sqliteHarness } from './contract/sqlite-harness.ts';
import { tailContract } from './contract/tail-contract.ts';

tailContract(sqliteHarness);
