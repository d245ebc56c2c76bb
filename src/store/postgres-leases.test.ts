import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { leasesContract } from './contract/leases-contract.ts';

await onPostgres(leasesContract);
