import { memoriesContract } from '../../test/support/store/memories-contract.ts';
import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';

memoriesContract(sqliteHarness);
