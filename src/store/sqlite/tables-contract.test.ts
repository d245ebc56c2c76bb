import { accessTokensContract } from '../../../test/support/store/accounts/access-tokens-contract.ts';
import { accountsContract } from '../../../test/support/store/accounts/accounts-contract.ts';
import { credentialsContract } from '../../../test/support/store/accounts/credentials-contract.ts';
import { savedViewsContract } from '../../../test/support/store/accounts/saved-views-contract.ts';
import {
  handshakesContract,
  restrictionsContract,
  standingsContract,
} from '../../../test/support/store/accounts/standings-contract.ts';
import { artifactsContract } from '../../../test/support/store/artifacts-contract.ts';
import { deadLettersContract } from '../../../test/support/store/dead-letters-contract.ts';
import { leasesContract } from '../../../test/support/store/leases-contract.ts';
import { memoriesContract } from '../../../test/support/store/memories-contract.ts';
import { quotaContract } from '../../../test/support/store/quota-contract.ts';
import { readerContract } from '../../../test/support/store/reader-contract.ts';
import { recomputedContract } from '../../../test/support/store/runs/recomputed-contract.ts';
import { runFilterContract } from '../../../test/support/store/runs/run-filter-contract.ts';
import { stepFactsContract } from '../../../test/support/store/runs/step-facts-contract.ts';
import { textIndexContract } from '../../../test/support/store/runs/text-index-contract.ts';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';
import { toolCallContract } from '../../../test/support/store/tool-call-contract.ts';
import { flowContract } from '../../../test/support/store/triggers/flow-contract.ts';
import { webhooksContract } from '../../../test/support/store/triggers/webhooks-contract.ts';
import { tokenUsageContract, workspaceContract } from '../../../test/support/store/usage-contract.ts';
import { workflowContract } from '../../../test/support/store/workflow-contract.ts';

readerContract(sqliteHarness);
runFilterContract(sqliteHarness);
stepFactsContract(sqliteHarness);
recomputedContract(sqliteHarness);

workflowContract(sqliteHarness);

toolCallContract(sqliteHarness);

leasesContract(sqliteHarness);

memoriesContract(sqliteHarness);

credentialsContract(sqliteHarness);

tokenUsageContract(sqliteHarness);

quotaContract(sqliteHarness);

standingsContract(sqliteHarness);

textIndexContract(sqliteHarness);

workspaceContract(sqliteHarness);

restrictionsContract(sqliteHarness);

deadLettersContract(sqliteHarness);

webhooksContract(sqliteHarness);

flowContract(sqliteHarness);

handshakesContract(sqliteHarness);

accessTokensContract(sqliteHarness);

accountsContract(sqliteHarness);

artifactsContract(sqliteHarness);

savedViewsContract(sqliteHarness);
