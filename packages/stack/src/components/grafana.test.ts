import { expect, test } from '@jest/globals';
import { shippedEnvironment } from './grafana.ts';

test('takes the hardening of the compose file, and none of its paths and addresses', () => {
  const environment = shippedEnvironment();
  expect(environment).toMatchObject({
    GF_AUTH_ANONYMOUS_ENABLED: 'false',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  });
  expect(Object.keys(environment).filter((name) => name.endsWith('__FILE'))).toEqual([]);
  expect(Object.values(environment).join()).not.toMatch(/\$\{|\/run\/secrets/);
});
