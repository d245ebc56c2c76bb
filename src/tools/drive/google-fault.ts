import { type ErrorCode, Fault } from '../../core/errors.ts';
import { isJsonObject } from '../../lib/json.ts';
import { statusFault } from '../../resources/outgoing/status-fault.ts';

/** Drive's reasons that say more than its status (its guide "Resolve errors"). */
const FAULT_BY_REASON: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  accessNotConfigured: [
    'FORBIDDEN',
    'The Drive API is disabled in the Google project of this server. Ask the operator to enable it.',
  ],
  appNotAuthorizedToFile: [
    'FORBIDDEN',
    'The permission at Google does not cover this file. Use a file that drive.search finds.',
  ],
  cannotDownloadAbusiveFile: [
    'FORBIDDEN',
    'Google considers this file harmful and does not serve it. Use another file.',
  ],
  cannotDownloadFile: ['FORBIDDEN', 'The owner of this file does not allow downloads. Ask the owner for a copy.'],
  dailyLimitExceeded: ['THROTTLED', 'The quota of this server at Google is used up for today. Try again tomorrow.'],
  exportSizeLimitExceeded: ['RESOURCE_TOO_LARGE', 'The document is too large for Google to export. Use a smaller one.'],
  fileNotDownloadable: ['BAD_INPUT', 'Google cannot serve this file as bytes. Use another file.'],
  insufficientFilePermissions: [
    'FORBIDDEN',
    'The connected account does not have permission to do this with the file. Ask its owner.',
  ],
  insufficientPermissions: ['FORBIDDEN', 'The permission at Google does not cover this. Connect the Drive again.'],
  rateLimitExceeded: ['THROTTLED', 'The rate limit of Google Drive is exceeded. Try again later.'],
  sharingRateLimitExceeded: ['THROTTLED', 'The rate limit of Google Drive is exceeded. Try again later.'],
  storageQuotaExceeded: ['RESOURCE_TOO_LARGE', 'The Drive is full. Remove files from it, then try again.'],
  userRateLimitExceeded: ['THROTTLED', 'The rate limit of Google Drive is exceeded. Try again later.'],
};

/** Converts an error response of the Drive API to a fault. Reads the response to its end. */
export async function googleFault(response: Response): Promise<Fault> {
  const { status } = response;
  const reason = reasonOf(await response.text().catch(() => ''));
  const retryAfter = response.headers.get('retry-after');
  if (status === 404) {
    return new Fault(
      'NOT_FOUND',
      'The Drive has no file with this id, or the connected account cannot see it. Use an id that drive.search returned.',
    );
  }
  const known = Object.hasOwn(FAULT_BY_REASON, reason) ? FAULT_BY_REASON[reason] : undefined;
  const general = statusFault('Google Drive', status, retryAfter);
  if (!known) return general;
  const wait = general.retryAfterMs;
  const detail = { details: { reason, status }, ...(wait !== undefined && { retryAfterMs: wait }) };
  return new Fault(known[0], known[1], detail);
}

/** `error.errors[0].reason` of the response; empty when it has none. */
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
