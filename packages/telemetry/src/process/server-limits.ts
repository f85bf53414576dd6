/** Against senders that are slow on purpose; of every server that is made here, and of an edge's own. */
export const serverLimits = {
  // A slow sender of headers or body holds a connection no longer than this.
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  // Node looks only every thirty seconds by default, so that ten would become up to forty.
  connectionsCheckingInterval: 1_000,
  // Longer than the usual load balancer's, so that the balancer never reuses a closed connection.
  keepAliveTimeout: 65_000,
} as const;
