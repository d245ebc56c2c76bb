import type { Asset, Assets } from './assets.ts';
import { tabs } from './tabs.ts';

/** Relative to the page, which a reverse proxy may serve under a prefix. */
const assetUrl = ({ name }: Asset) => `?asset=${name}`;

/** Layout animations of the tabs leave transforms behind, under which a tab cannot be clicked. */
const STYLE = `
      body { display: flex; flex-direction: column; height: 100vh; margin: 0; }
      #root { flex: 1; height: auto; min-height: 0; }
      #viewer { margin: 0; padding: 2px 16px 4px; font: 13px sans-serif; color: #57606f; }
      .graphiql-tab { transform: none !important; }
    `;

/** The page. It loads everything from this server, and has no inline scripts. */
export function renderPage({ script, style, start, workers }: Assets): string {
  const options = {
    title: 'Signalbox',
    defaultTabs: tabs,
    // Headers may hold tokens; the one of the last sign-in is kept in the session of the browser's tab.
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
    <style>${STYLE}</style>
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript. Programs use the API at this address.</noscript>
    <div id="root"></div>
    <p id="viewer" role="status"></p>
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
