export { galleyLogEvents } from './catalogue.ts';
export { translateDatabaseErrors } from './database/errors.ts';
export { createMigration } from './database/migrate.ts';
export { createPool, openPool } from './database/pool.ts';
export { withTransaction } from './database/transaction.ts';
export { dependencyFault, failureStatus, latencyMs } from './faults/dependency-fault.ts';
export { defineFault, expiresInSeconds, type Fault, type FaultSet } from './faults/fault.ts';
export { createFaults, type Faults } from './faults/faults.ts';
export { faultGate, httpFaults } from './faults/http-faults.ts';
export { poolFaults } from './faults/pool-faults.ts';
export { processFaults } from './faults/process-faults.ts';
export { faultRoutes, serveFaults } from './faults/routes.ts';
export { createApplication } from './http/application.ts';
export { readSmallJson } from './http/small-body.ts';
export { validate } from './http/validation.ts';
export {
  type AuthenticateOptions,
  authenticate,
  bearerToken,
  callerOf,
  requireRole,
} from './identity/authenticate.ts';
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
  type ServerConfiguration,
  type ServiceConfiguration,
} from './server-configuration.ts';
export { createTokenBucket } from './token-bucket.ts';
