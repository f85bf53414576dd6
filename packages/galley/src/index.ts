export { galleyLogEvents } from './catalogue.ts';
export { type DatabaseConfiguration, readDatabaseConfiguration } from './database/configuration.ts';
export { translateDatabaseErrors } from './database/errors.ts';
export { type Migrations, migrate } from './database/migrate.ts';
export { createPool } from './database/pool.ts';
export { withTransaction } from './database/transaction.ts';
export { dependencyFault, failureStatus, latencyMs } from './faults/dependency-fault.ts';
export { defineFault, expiresInSeconds, type Fault, type FaultSet } from './faults/fault.ts';
export { createFaults, type Faults } from './faults/faults.ts';
export { faultGate, httpFaults } from './faults/http-faults.ts';
export { poolFaults } from './faults/pool-faults.ts';
export { processFaults } from './faults/process-faults.ts';
export { faultRoutes } from './faults/routes.ts';
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
export { readServerConfiguration, type ServerConfiguration } from './server-configuration.ts';
export { createTokenBucket } from './token-bucket.ts';
