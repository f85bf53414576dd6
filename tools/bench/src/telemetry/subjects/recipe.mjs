// The usual recipe's tracing, as tutorials have it: every auto-instrumentation, through a loader
// hook so that an ESM service is instrumented at all.
import { register } from 'node:module';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import { NodeSDK } from '@opentelemetry/sdk-node';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
new NodeSDK({ instrumentations: [getNodeAutoInstrumentations()] }).start();
