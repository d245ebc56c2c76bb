import { defineProtocol } from './define-protocol.ts';
import { http } from './http.ts';

export const https = defineProtocol({
  ...http,
  scheme: 'https',
  description: 'GET from a web server over TLS; redirects are followed where policy allows each, never to plain http.',
});
