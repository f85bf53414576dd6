/** For both halves of a relayed WebSocket. */
export const socketOptions = {
  // Pings and pongs are between the two ends, so both are relayed.
  autoPong: false,
  // Several times the longest message of the service.
  maxPayload: 65_536,
  // Compression costs some 300 KB per connection, and messages are short.
  perMessageDeflate: false,
} as const;
