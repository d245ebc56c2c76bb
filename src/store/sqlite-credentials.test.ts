import { credentialsContract } from './contract/credentials-contract.ts';
import { sqliteHarness } from './contract/sqlite-harness.ts';

credentialsContract(sqliteHarness);
