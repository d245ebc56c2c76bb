import { memoriesContract } from './contract/memories-contract.ts';
import { sqliteHarness } from './contract/sqlite-harness.ts';

memoriesContract(sqliteHarness);
