import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';
import { workflowContract } from '../../test/support/store/workflow-contract.ts';

workflowContract(sqliteHarness);
