// The tracing of tutorials: every auto-instrumentation, with the loader hook that instruments ESM.
import { register } from 'node:module';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import { NodeSDK } from '@opentelemetry/sdk-node';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
new NodeSDK({ instrumentations: [getNodeAutoInstrumentations()] }).start();
