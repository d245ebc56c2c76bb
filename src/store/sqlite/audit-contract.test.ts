import { artifactsOnDisk } from '../../../test/support/store/artifacts-on-disk.ts';
import { auditContract } from '../../../test/support/store/audit-contract.ts';
import { auditRecoveryContract } from '../../../test/support/store/audit-recovery-contract.ts';
import { auditTamperingContract } from '../../../test/support/store/audit-tampering-contract.ts';
import { retentionContract } from '../../../test/support/store/retention-contract.ts';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';
import { verifyContract } from '../../../test/support/store/verify-contract.ts';

auditContract(sqliteHarness);

auditTamperingContract(sqliteHarness);

auditRecoveryContract(sqliteHarness);

verifyContract(sqliteHarness);

retentionContract(sqliteHarness, artifactsOnDisk);
