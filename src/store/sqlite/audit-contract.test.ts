import { artifactsOnDisk } from '../../../test/support/store/artifacts-on-disk.ts';
import { auditContract } from '../../../test/support/store/audit-contract.ts';
import { retentionContract } from '../../../test/support/store/retention-contract.ts';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';
import { verifyContract } from '../../../test/support/store/verify-contract.ts';

auditContract(sqliteHarness);

verifyContract(sqliteHarness);

retentionContract(sqliteHarness, artifactsOnDisk);
