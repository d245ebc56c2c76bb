import { projectionContract } from './contract/projection-contract.ts';
import { sqliteHarness } from './contract/sqlite-harness.ts';

projectionContract(sqliteHarness);
