import { describe } from 'vitest';
import { artifactsInFolder } from '../../../test/support/resources/artifacts-in-folder.ts';
import { artifactsOnS3 } from '../../../test/support/resources/artifacts-on-s3.ts';
import { auditContract } from '../../../test/support/store/audit/audit-contract.ts';
import { auditRecoveryContract } from '../../../test/support/store/audit/audit-recovery-contract.ts';
import { auditTamperingContract } from '../../../test/support/store/audit/audit-tampering-contract.ts';
import { retentionContract } from '../../../test/support/store/retention-contract.ts';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';
import { verifyContract } from '../../../test/support/store/verify-contract.ts';

auditContract(sqliteHarness);

auditTamperingContract(sqliteHarness);

auditRecoveryContract(sqliteHarness);

verifyContract(sqliteHarness);

describe.each([
  ['in a folder', artifactsInFolder],
  ['on S3', artifactsOnS3],
])('with artifacts %s', (_, makeArtifacts) => retentionContract(sqliteHarness, makeArtifacts));
