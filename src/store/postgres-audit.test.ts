import { auditContract } from '../../test/support/store/audit-contract.ts';
import { onPostgres } from '../../test/support/store/on-postgres.ts';

await onPostgres(auditContract);
