import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { workflowContract } from './contract/workflow-contract.ts';

await onPostgres(workflowContract);
