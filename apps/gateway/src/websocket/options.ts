/** For both halves of a relayed WebSocket. */
export const socketOptions = {
  // A ping asks whether the other end lives, and the other end is not the gateway: both are relayed.
  autoPong: false,
  // Several times the longest message of the service; what is longer is an attack on its memory.
  maxPayload: 65_536,
  // Compression costs some 300 KB a connection, and messages here are short.
  perMessageDeflate: false,
} as const;
