import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { tokenUsageContract } from './contract/token-usage-contract.ts';

await onPostgres(tokenUsageContract);
