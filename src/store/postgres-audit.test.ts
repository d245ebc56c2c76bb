import { onPostgres } from '../../test/on-postgres.ts';
import { auditContract } from './contract/audit-contract.ts';

await onPostgres(auditContract);
