import { sqliteHarness } from './contract/sqlite-harness.ts';
import { workflowContract } from './contract/workflow-contract.ts';

workflowContract(sqliteHarness);
