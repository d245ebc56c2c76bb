/** How much a WebSocket client may take. Tests bring smaller ones; nobody else does. */
export interface SocketLimits {
  /** Of one message. */
  readonly messageBytes: number;
  /** Until `connection_init` is here. */
  readonly initMs: number;
  /** Between pings; a peer that has not answered the last one by the next is dead. */
  readonly pingMs: number;
  /** Operations under way on one socket. */
  readonly operations: number;
  readonly socketsOfAddress: number;
  readonly socketsOfPrincipal: number;
  /** Bytes that wait for a slow reader before its subscriptions pause. */
  readonly pauseBytes: number;
  /** Bytes that wait for a slow reader before it is cut off: results that are no subscription's cannot pause. */
  readonly cutBytes: number;
}

export const SOCKET_LIMITS: SocketLimits = {
  messageBytes: 1024 * 1024,
  initMs: 5_000,
  pingMs: 30_000,
  operations: 100,
  socketsOfAddress: 1_000,
  socketsOfPrincipal: 500,
  pauseBytes: 64 * 1024,
  cutBytes: 32 * 1024 * 1024,
};
