export { galleyLogEvents } from './catalogue.ts';
export { translateDatabaseErrors } from './database/errors.ts';
export { createListener } from './database/listener.ts';
export { createMigration } from './database/migrate.ts';
export { createPool, openPool } from './database/pool.ts';
export { ConnectionLostError, inTransaction, withTransaction } from './database/transaction.ts';
export type { EventType } from './events/event-types.ts';
export { createPublisher, type OutboxEvent, type PublishEvent } from './events/publisher.ts';
export { dependencyFault, failureStatus, latencyMs } from './faults/dependency-fault.ts';
export { defineFault, expiresInSeconds, type FaultSet, repeat } from './faults/fault.ts';
export { createFaults, type Faults } from './faults/faults.ts';
export { faultGate, httpFaults, InjectedFaultError } from './faults/http-faults.ts';
export { poolFaults } from './faults/pool-faults.ts';
export { processFaults } from './faults/process-faults.ts';
export { faultRoutes, serveFaults } from './faults/routes.ts';
export { serviceFaults } from './faults/service-faults.ts';
export { createApplication } from './http/application.ts';
export { readSmallJson } from './http/small-body.ts';
export { validate } from './http/validation.ts';
export { authenticate, bearerToken, callerOf, requireRole } from './identity/authenticate.ts';
export { createSessionCheck, findLiveSessions } from './identity/live-sessions.ts';
export {
  accessTokenSeconds,
  type Caller,
  createTokens,
  type Role,
  roles,
  type Tokens,
} from './identity/token.ts';
export { readSecretFile, readTokenSecret } from './secrets.ts';
export {
  readServerConfiguration,
  readServiceConfiguration,
  type ServiceConfiguration,
} from './server-configuration.ts';

export { createTokenBucket } from './token-bucket.ts';
