import { onPostgres } from '../../test/on-postgres.ts';
import { tokenUsageContract } from './contract/token-usage-contract.ts';

await onPostgres(tokenUsageContract);
