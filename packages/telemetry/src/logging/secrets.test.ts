import { expect, test } from '@jest/globals';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

test.each([
  ...['password=x', 'Authorization: Bearer x', '{"password":"x"}', "{ password: 'x' }", 'otp: x'],
  ...['Cookie: a=x; b=x', 'dbPassword=x;Server=y', 'password%3Dx', 'x-api-key: x', 'token => x'],
  ...['user%5Bpassword%5D=x', "ALTER USER a WITH PASSWORD 'x'", '%22token%22%3A%22x%22'],
  ...['<password>x</password>', 'https://bob:x@host/', '{\\"secret\\":\\"x\\"}', 'PASSWD = "x"'],
])('redacts the text %j', async (text) => {
  const { telemetry, lines } = await createTestTelemetry();
  telemetry.logger.info({ event: 'e', text }, text);
  expect(lines[0]?.msg).toMatch(/\[redacted\]/);
  expect(lines[0]?.msg).not.toMatch(/\bx\b(?!-)/);
  expect(lines[0]?.text).toBe(lines[0]?.msg);
});

test.each([
  ...['order created', 'a basic understanding', 'bearer token missing', 'bypass: on', 'a: b, c=d'],
  ...['connect ECONNREFUSED 127.0.0.1:9', 'https://host:80/path?page=2', 'microphone', '50 % done'],
  ...['WHERE phone = ? AND token = $1', 'token: undefined'],
])('leaves the text %j as it is', async (text) => {
  const { telemetry, lines } = await createTestTelemetry();
  telemetry.logger.info({ event: 'e', text }, text);
  expect(lines[0]).toMatchObject({ msg: text, text });
});
