import { sqliteHarness } from './contract/sqlite-harness.ts';
import { toolCallContract } from './contract/tool-call-contract.ts';

toolCallContract(sqliteHarness);
