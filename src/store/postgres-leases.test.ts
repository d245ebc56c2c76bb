import { leasesContract } from '../../test/support/store/leases-contract.ts';
import { onPostgres } from '../../test/support/store/on-postgres.ts';

await onPostgres(leasesContract);
