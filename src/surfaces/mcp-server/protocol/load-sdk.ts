/** The SDK, loaded for the first client, so that a server without MCP clients saves its memory. */
export async function loadSdk() {
  const [{ Server }, { StreamableHTTPServerTransport }, types] = await Promise.all([
    import('@modelcontextprotocol/sdk/server/index.js'),
    import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
    import('@modelcontextprotocol/sdk/types.js'),
  ]);
  return { Server, StreamableHTTPServerTransport, types };
}

export type Sdk = Awaited<ReturnType<typeof loadSdk>>;
