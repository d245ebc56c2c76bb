import { accessTokensContract } from '../../../test/support/store/accounts/access-tokens-contract.ts';
import { accountsContract } from '../../../test/support/store/accounts/accounts-contract.ts';
import { credentialsContract } from '../../../test/support/store/accounts/credentials-contract.ts';
import { savedViewsContract } from '../../../test/support/store/accounts/saved-views-contract.ts';
import {
  handshakesContract,
  restrictionsContract,
  sharedHandshakesContract,
  sharedRestrictionsContract,
  standingsContract,
} from '../../../test/support/store/accounts/standings-contract.ts';
import { artifactsContract } from '../../../test/support/store/artifacts-contract.ts';
import { deadLettersContract } from '../../../test/support/store/dead-letters-contract.ts';
import { leasesContract } from '../../../test/support/store/leases-contract.ts';
import { memoriesContract } from '../../../test/support/store/memories-contract.ts';
import { onPostgres } from '../../../test/support/store/on-postgres.ts';
import { quotaContract } from '../../../test/support/store/quota-contract.ts';
import { readerContract } from '../../../test/support/store/reader-contract.ts';
import { recomputedContract } from '../../../test/support/store/runs/recomputed-contract.ts';
import { runFilterContract } from '../../../test/support/store/runs/run-filter-contract.ts';
import { stepFactsContract } from '../../../test/support/store/runs/step-facts-contract.ts';
import { textIndexContract } from '../../../test/support/store/runs/text-index-contract.ts';
import { toolCallContract } from '../../../test/support/store/tool-call-contract.ts';
import { flowContract } from '../../../test/support/store/triggers/flow-contract.ts';
import { webhooksContract } from '../../../test/support/store/triggers/webhooks-contract.ts';
import { tokenUsageContract, workspaceContract } from '../../../test/support/store/usage-contract.ts';
import { workflowContract } from '../../../test/support/store/workflow-contract.ts';

await onPostgres(readerContract);

await onPostgres(runFilterContract);

await onPostgres(stepFactsContract);

await onPostgres(recomputedContract);

await onPostgres(workflowContract);

await onPostgres(toolCallContract);

await onPostgres(leasesContract);

await onPostgres(memoriesContract);

await onPostgres(credentialsContract);

await onPostgres(tokenUsageContract);

await onPostgres(quotaContract);

await onPostgres(standingsContract);

await onPostgres(textIndexContract);

await onPostgres(workspaceContract);

await onPostgres(restrictionsContract);

await onPostgres(sharedRestrictionsContract);

await onPostgres(deadLettersContract);

await onPostgres(webhooksContract);

await onPostgres(flowContract);

await onPostgres(handshakesContract);

await onPostgres(sharedHandshakesContract);

await onPostgres(accessTokensContract);

await onPostgres(accountsContract);

await onPostgres(artifactsContract);

await onPostgres(savedViewsContract);
