// `npm run alert -- test`: sends one alert through the real notification path, and prints where it arrived.
import { parseArguments, usage } from '@watchkeeper/checks/alertmanager/test-alert/arguments';
import { findRunningSystem } from '@watchkeeper/checks/alertmanager/test-alert/client';
import { sendTestAlert } from '@watchkeeper/checks/alertmanager/test-alert/send-test';
import { runMain } from '@watchkeeper/drills/command/main';

await runMain(async () => {
  const options = parseArguments(process.argv.slice(2));
  if (options) return sendTestAlert(await findRunningSystem(), options, console.log);
  console.log(usage);
  return 0;
});
