import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { workflowContract } from '../../test/support/store/workflow-contract.ts';

await onPostgres(workflowContract);
