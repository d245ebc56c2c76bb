import type { Asset, Assets } from './assets.ts';
import { tabs } from './tabs.ts';

const assetUrl = ({ name }: Asset) => `/graphql?asset=${name}`;

/** The page. It loads everything from this server, and has no inline scripts. */
export function renderPage({ script, style, start, workers }: Assets): string {
  const options = {
    title: 'Signalbox',
    endpoint: '/graphql',
    defaultTabs: tabs,
    // Tokens are not stored in the browser.
    shouldPersistHeaders: false,
  };
  const workerUrls = Object.fromEntries(Object.entries(workers).map(([label, asset]) => [label, assetUrl(asset)]));
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Signalbox</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${assetUrl(style)}">
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript. Programs use the API at this address.</noscript>
    <div id="root"></div>
    <script type="application/json" id="options">${toScriptJson(options)}</script>
    <script type="application/json" id="workers">${toScriptJson(workerUrls)}</script>
    <script src="${assetUrl(script)}"></script>
    <script src="${assetUrl(start)}"></script>
  </body>
</html>
`;
}

/** JSON that cannot close the script element around it. */
function toScriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
