import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';
import { toolCallContract } from '../../test/support/store/tool-call-contract.ts';

toolCallContract(sqliteHarness);
