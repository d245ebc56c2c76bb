import { credentialsContract } from '../../test/support/store/credentials-contract.ts';
import { sqliteHarness } from '../../test/support/store/sqlite-harness.ts';

credentialsContract(sqliteHarness);
