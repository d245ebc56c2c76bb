import { type ErrorCode, Fault } from '../../core/errors.ts';
import { isJsonObject } from '../../lib/json.ts';
import { statusFault } from '../../resources/outgoing/status-fault.ts';

/** Drive's reasons that say more than its status (its guide "Resolve errors"). */
const FAULT_BY_REASON: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  accessNotConfigured: ['FORBIDDEN', 'The Drive API is off in the Google project of this server. Have it turned on.'],
  appNotAuthorizedToFile: [
    'FORBIDDEN',
    'The permission at Google does not cover this file. Take one that drive.search finds.',
  ],
  cannotDownloadAbusiveFile: [
    'FORBIDDEN',
    'Google takes this file for harmful and does not hand it out. Take another one.',
  ],
  cannotDownloadFile: ['FORBIDDEN', 'The owner of this file does not let it be downloaded. Ask for a copy.'],
  dailyLimitExceeded: ['THROTTLED', 'The quota of this server at Google is used up for today. Try again tomorrow.'],
  exportSizeLimitExceeded: ['RESOURCE_TOO_LARGE', 'Google exports no document of this size. Take a smaller one.'],
  fileNotDownloadable: ['BAD_INPUT', 'This file has no bytes that Google hands out. Take another one.'],
  insufficientFilePermissions: ['FORBIDDEN', 'The connected account may not do this with the file. Ask its owner.'],
  insufficientPermissions: ['FORBIDDEN', 'The permission at Google does not cover this. Connect the Drive again.'],
  rateLimitExceeded: ['THROTTLED', 'Google Drive is asked too often. Try again later.'],
  sharingRateLimitExceeded: ['THROTTLED', 'Google Drive is asked too often. Try again later.'],
  storageQuotaExceeded: ['RESOURCE_TOO_LARGE', 'The Drive is full. Have files removed, then try again.'],
  userRateLimitExceeded: ['THROTTLED', 'Google Drive is asked too often. Try again later.'],
};

/** What the Drive API's refusal comes to. Reads the response to its end. */
export async function googleFault(response: Response): Promise<Fault> {
  const { status } = response;
  const reason = reasonOf(await response.text().catch(() => ''));
  const retryAfter = response.headers.get('retry-after');
  if (status === 404) {
    return new Fault('NOT_FOUND', 'The Drive has no file with this id, or does not show it to the connected account.');
  }
  const known = Object.hasOwn(FAULT_BY_REASON, reason) ? FAULT_BY_REASON[reason] : undefined;
  const general = statusFault('Google Drive', status, retryAfter);
  if (!known) return general;
  const wait = general.retryAfterMs;
  const detail = { details: { reason, status }, ...(wait !== undefined && { retryAfterMs: wait }) };
  return new Fault(known[0], known[1], detail);
}

/** `error.errors[0].reason` of the answer; empty when it has none. */
function reasonOf(text: string): string {
  try {
    const json: unknown = JSON.parse(text);
    const error = isJsonObject(json) ? json.error : undefined;
    const errors = isJsonObject(error) ? error.errors : undefined;
    const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
    return isJsonObject(first) && typeof first.reason === 'string' ? first.reason : '';
  } catch {
    return '';
  }
}
