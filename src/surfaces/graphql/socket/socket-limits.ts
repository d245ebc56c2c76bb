/** How much a WebSocket client may take. Tests bring smaller ones; nobody else does. */
export interface SocketLimits {
  /** Of one message. */
  readonly maxMessageBytes: number;
  /** Until `connection_init` is here. */
  readonly initTimeoutMs: number;
  /** Between pings; a peer that has not answered the last one by the next is dead. */
  readonly pingIntervalMs: number;
  /** Active operations on one socket. */
  readonly maxOperations: number;
  readonly maxSocketsPerAddress: number;
  readonly maxSocketsPerPrincipal: number;
  /** Bytes that wait for a slow reader before its subscriptions pause. */
  readonly pauseAboveBytes: number;
  /** Bytes that wait for a slow reader before it is cut off: results of queries and mutations cannot pause. */
  readonly disconnectAboveBytes: number;
}

export const SOCKET_LIMITS: SocketLimits = {
  maxMessageBytes: 1024 * 1024,
  initTimeoutMs: 5_000,
  pingIntervalMs: 30_000,
  maxOperations: 100,
  maxSocketsPerAddress: 1_000,
  maxSocketsPerPrincipal: 500,
  pauseAboveBytes: 64 * 1024,
  disconnectAboveBytes: 32 * 1024 * 1024,
};
