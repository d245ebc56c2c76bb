import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { tokenUsageContract } from '../../test/support/store/token-usage-contract.ts';

await onPostgres(tokenUsageContract);
