/** The SDK, loaded when the first client comes: a server that nobody speaks MCP to does without its memory. */
export async function loadSdk() {
  const [{ Server }, { StreamableHTTPServerTransport }, types] = await Promise.all([
    import('@modelcontextprotocol/sdk/server/index.js'),
    import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
    import('@modelcontextprotocol/sdk/types.js'),
  ]);
  return { Server, StreamableHTTPServerTransport, types };
}

export type Sdk = Awaited<ReturnType<typeof loadSdk>>;
