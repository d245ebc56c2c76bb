import { onPostgres } from '../../test/support/store/on-postgres.ts';
import { toolCallContract } from '../../test/support/store/tool-call-contract.ts';

await onPostgres(toolCallContract);
