import { artifactsInFolder } from '../../../test/support/resources/artifacts-in-folder.ts';
import { auditContract } from '../../../test/support/store/audit/audit-contract.ts';
import { auditRecoveryContract } from '../../../test/support/store/audit/audit-recovery-contract.ts';
import { auditTamperingContract } from '../../../test/support/store/audit/audit-tampering-contract.ts';
import { onPostgres } from '../../../test/support/store/on-postgres.ts';
import { retentionContract } from '../../../test/support/store/retention-contract.ts';
import { verifyContract } from '../../../test/support/store/verify-contract.ts';

await onPostgres(auditContract);

await onPostgres(auditTamperingContract);

await onPostgres(auditRecoveryContract);

await onPostgres(verifyContract);

await onPostgres((makeHarness) => retentionContract(makeHarness, artifactsInFolder));
