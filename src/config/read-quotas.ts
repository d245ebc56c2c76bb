import { QUOTA_NAMES, QUOTAS, type QuotaLimits, type QuotaName, type QuotaTable } from '../core/accounts/accounts.ts';
import type { EnvironmentReader } from './variables.ts';

const ENTRY = /^(tenant\.)?([A-Za-z]+)=(\d{1,15})$/;

/**
 * The limits in force: the defaults of `QUOTAS`, changed by a comma-separated list of `NAME=LIMIT` for one principal, and
 * `tenant.NAME=LIMIT` for all principals of a tenant together.
 * @param derived limits that other settings determine
 */
export function readQuotas(
  read: EnvironmentReader,
  variable: string,
  derived: { readonly maxRuns: number; readonly tokensPerDay: number },
): QuotaTable {
  const table: Record<QuotaName, QuotaLimits> = {
    ...QUOTAS,
    runsRunning: { principal: Math.ceil(derived.maxRuns / 2), tenant: derived.maxRuns },
    modelTokens: { principal: derived.tokensPerDay },
  };
  for (const entry of read.list(variable) ?? []) {
    const [, tenant, text, digits] = ENTRY.exec(entry) ?? [];
    const name = QUOTA_NAMES.find((one) => one === text);
    if (!name) read.addProblem(variable, `${entry}: write NAME=LIMIT or tenant.NAME=LIMIT, NAME is one of ${NAMES}`);
    else if (name === 'modelTokens') read.addProblem(variable, `${entry}: set LLM_TOKENS_PER_DAY instead`);
    else table[name] = { ...table[name], [tenant ? 'tenant' : 'principal']: Number(digits) };
  }
  return table;
}

const NAMES = QUOTA_NAMES.join(', ');
