import { canonicalHttp, MAX_REDIRECTS, openHttp } from '../open-http.ts';
import { defineProtocol } from './define-protocol.ts';

export const http = defineProtocol({
  scheme: 'http',
  description: 'GET from a web server; redirects are followed where policy allows each.',
  limits: (settings) => ({
    maxBytes: settings.fetchMaxBytes,
    maxRedirects: MAX_REDIRECTS,
    headerTimeoutMs: settings.headerTimeoutMs,
    totalTimeoutMs: settings.totalTimeoutMs,
  }),
  canonicalize: canonicalHttp,
  open: openHttp,
});
