import { createHash, randomBytes } from 'node:crypto';

/** Response of an endpoint: status and JSON, or the target of a redirect. */
export type OauthResponse =
  | { readonly status: number; readonly json: Readonly<Record<string, unknown>> }
  | { readonly location: string };

interface Code {
  readonly redirectUri: string;
  readonly challenge: string;
  readonly scope: string;
}

/** Plays Google's OAuth server for one client and one account, whose owner grants every permission. */
export function createFakeGoogleOauth(client: { readonly id: string; readonly secret: string }) {
  const codes = new Map<string, Code>();
  /** Refresh token → scope. */
  const grants = new Map<string, string>();
  /** Access token → refresh token and time of expiry. */
  const access = new Map<string, { readonly grant: string; readonly until: number }>();
  const settings = { expiresInS: 3_600, withheld: '' };

  const accessFor = (grant: string, scope: string) => {
    const token = `ya29.${randomBytes(9).toString('hex')}`;
    access.set(token, { grant, until: Date.now() + settings.expiresInS * 1_000 });
    return { access_token: token, expires_in: settings.expiresInS, scope, token_type: 'Bearer' };
  };
  const refused = (error: string, status = 400): OauthResponse => ({
    status,
    json: { error, error_description: 'Bad Request' },
  });

  return {
    settings,
    grants,
    isGood: (token: string) => {
      const known = access.get(token);
      return known !== undefined && known.until > Date.now() && grants.has(known.grant);
    },
    /** Expires all access tokens; refresh tokens stay valid. */
    endAccess: () => access.clear(),
    authorize(query: URLSearchParams): OauthResponse {
      const redirectUri = query.get('redirect_uri') ?? '';
      const challenge = query.get('code_challenge') ?? '';
      const isWhole =
        query.get('client_id') === client.id &&
        query.get('response_type') === 'code' &&
        query.get('access_type') === 'offline' &&
        query.get('code_challenge_method') === 'S256' &&
        /^[A-Za-z0-9_-]{43}$/.test(challenge);
      if (!isWhole) return refused('invalid_request');
      const code = `4/${randomBytes(12).toString('base64url')}`;
      const scope = (query.get('scope') ?? '').split(' ').filter((one) => one !== settings.withheld);
      codes.set(code, { redirectUri, challenge, scope: scope.join(' ') });
      const back = new URL(redirectUri);
      back.searchParams.set('state', query.get('state') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('scope', scope.join(' '));
      return { location: back.href };
    },
    token(form: URLSearchParams): OauthResponse {
      if (form.get('client_id') !== client.id || form.get('client_secret') !== client.secret) {
        return refused('invalid_client', 401);
      }
      if (form.get('grant_type') === 'refresh_token') {
        const grant = form.get('refresh_token') ?? '';
        const scope = grants.get(grant);
        return scope === undefined ? refused('invalid_grant') : { status: 200, json: accessFor(grant, scope) };
      }
      if (form.get('grant_type') !== 'authorization_code') return refused('unsupported_grant_type');
      const code = codes.get(form.get('code') ?? '');
      codes.delete(form.get('code') ?? '');
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      if (!code || code.challenge !== challenge) return refused('invalid_grant');
      if (code.redirectUri !== form.get('redirect_uri')) return refused('redirect_uri_mismatch');
      const grant = `1//${randomBytes(12).toString('base64url')}`;
      grants.set(grant, code.scope);
      return { status: 200, json: { ...accessFor(grant, code.scope), refresh_token: grant } };
    },
    revoke(form: URLSearchParams): OauthResponse {
      const token = form.get('token') ?? '';
      return grants.delete(access.get(token)?.grant ?? token) ? { status: 200, json: {} } : refused('invalid_token');
    },
  };
}
