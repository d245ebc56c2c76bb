import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { auditContract } from './contract/audit-contract.ts';

await onPostgres(auditContract);
